import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, Param, Post, Query, type DynamicModule } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createService } from '../bootstrap/create-service.js';
import { ServiceConfig } from '../config/service-config.js';
import { Answer } from '../http/answer.js';
import { Context, type RequestContext } from '../http/request-context.js';
import { serviceDocument } from '../open-api/service-document.js';
import { probeOf, type HttpProbe } from '../testing/http-probe.js';
import { IntegerField } from './fields/integer-field.js';
import { ListField } from './fields/list-field.js';
import { PatternField } from './fields/pattern-field.js';
import { TextField } from './fields/text-field.js';
import { RequestDto } from './request-dto.js';
import { RequestHeaders } from './request-headers.js';

class ThingId {
  @PatternField({ pattern: /^\d{1,3}$/, message: 'must have 1 to 3 digits' })
  id!: string;
}

class PageQuery {
  @IntegerField({ min: 1, max: 100, description: 'How many.' })
  limit = 10;
}

class WiderQuery extends PageQuery {
  @TextField({ max: 5, optional: true })
  cursor?: string;
}

class Keys {
  @PatternField({ pattern: /^\S+$/, message: 'must be one word', optional: true })
  idempotencyKey?: string;
}

class Part {
  @TextField({ max: 9, example: 'tea' })
  name!: string;
}

@RequestDto({ description: 'A thing.', example: { parts: [{ name: 'tea' }] } })
class NewThing {
  @ListField(() => Part, { max: 2, items: 'parts' })
  parts!: Part[];
}

@Controller('things')
class ThingsController {
  @Get()
  list(@Query() query: WiderQuery): object {
    return query;
  }

  @Get(':id')
  read(@Param() { id }: ThingId, @Param('id') same: string): object {
    return { id, same };
  }

  @Post()
  create(
    @Body() { parts }: NewThing,
    @RequestHeaders(Keys) { idempotencyKey }: Keys,
    @Context() { requestId }: RequestContext,
  ): Answer {
    return new Answer(202, { parts, idempotencyKey, requestId }, { location: '/things/1' });
  }

  @Post('silent')
  silent(): Answer {
    return new Answer(204);
  }

  @Post('text')
  text(): Answer {
    return new Answer(200, '{"a":1}');
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {
  static with(): DynamicModule {
    return { module: ThingsModule };
  }
}

class ThingsConfig extends ServiceConfig {}

describe('endpoints with request classes', () => {
  let probe: HttpProbe;
  let document: OpenAPIObject;
  beforeAll(async () => {
    const app = await createService({ module: ThingsModule, config: new ThingsConfig(), logger: false });
    probe = await probeOf(app);
    document = serviceDocument(app, { title: 't', description: 'd', tags: {}, schemas: {} });
  });
  afterAll(async () => {
    await probe.close();
  });

  it('get them read', async () => {
    expect((await probe.ask('/things')).body).toEqual({ limit: 10 });
    expect((await probe.ask('/things?limit=3&cursor=a')).body).toEqual({ limit: 3, cursor: 'a' });
    expect((await probe.ask('/things/12')).body).toEqual({ id: '12', same: '12' });
  });

  it('answer with a status and headers of their own', async () => {
    const headers = { 'idempotency-key': 'k', 'x-request-id': 'r-1' };
    const answer = await probe.ask('/things', {
      method: 'POST',
      json: { parts: [{ name: ' a ' }] },
      headers,
    });
    expect([answer.status, answer.headers.location]).toEqual([202, '/things/1']);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toEqual({ parts: [{ name: 'a' }], idempotencyKey: 'k', requestId: 'r-1' });
    const silent = await probe.ask('/things/silent', { method: 'POST' });
    expect([silent.status, silent.text, silent.headers['content-type']]).toEqual([204, '', undefined]);
    const text = await probe.ask('/things/text', { method: 'POST' });
    expect([text.body, text.headers['content-type']]).toEqual([{ a: 1 }, 'application/json; charset=utf-8']);
  });

  it.each([
    [
      'GET',
      '/things?limit=0&b=1',
      undefined,
      'invalid-query',
      [
        ['query', 'b'],
        ['query', 'limit'],
      ],
    ],
    ['GET', '/things?limit=1&limit=2', undefined, 'invalid-query', [['query', 'limit']]],
    ['GET', '/things/x', undefined, 'invalid-id', [['path', 'id']]],
    [
      'POST',
      '/things',
      { parts: [{}, {}] },
      'invalid-body',
      [
        ['body', '/parts/0/name'],
        ['body', '/parts/1/name'],
      ],
    ],
    ['POST', '/things', 3, 'invalid-body', [['body', '']]],
    ['POST', '/things', undefined, 'invalid-body', [['body', '']]],
  ] as const)('%s %s with %j is %s', async (method, path, json, code, errors) => {
    const answer = await probe.ask(path, { method, ...(json === undefined ? {} : { json }) });
    expect(answer.body).toMatchObject({ status: 400, code });
    const told = answer.body.errors as { in: string; field: string }[];
    expect(told.map((error) => [error.in, error.field])).toEqual(errors);
  });

  it('refuse a header', async () => {
    const headers = { 'idempotency-key': 'a b' };
    const answer = await probe.ask('/things', { method: 'POST', json: { parts: [{ name: 'a' }] }, headers });
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'invalid-header',
      detail: 'Idempotency-Key must be one word',
      errors: [{ in: 'header', field: 'Idempotency-Key', message: 'must be one word' }],
    });
  });

  it('are documented by them', () => {
    const { paths, components } = document;
    expect(paths['/things']?.get?.parameters).toEqual([
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many.',
        schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
      },
      {
        name: 'cursor',
        in: 'query',
        required: false,
        schema: { type: 'string', minLength: 1, maxLength: 5 },
      },
    ]);
    expect(paths['/things/{id}']?.get?.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^\\d{1,3}$' } },
    ]);
    const { parameters, requestBody } = paths['/things']?.post ?? {};
    expect(parameters).toEqual([
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: false,
        schema: { type: 'string', pattern: '^\\S+$' },
      },
    ]);
    expect(requestBody).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/NewThing' } } },
    });
    expect(components?.schemas).toMatchObject({
      NewThing: {
        type: 'object',
        description: 'A thing.',
        example: { parts: [{ name: 'tea' }] },
        required: ['parts'],
        additionalProperties: false,
        properties: {
          parts: { type: 'array', minItems: 1, maxItems: 2, items: { $ref: '#/components/schemas/Part' } },
        },
      },
      Part: {
        properties: { name: { type: 'string', minLength: 1, maxLength: 9, example: 'tea' } },
        required: ['name'],
      },
    });
  });
});
