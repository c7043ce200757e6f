import { describe, expect, it, afterEach } from '@jest/globals';
import { Body, Controller, Get, Module, Post, type DynamicModule } from '@nestjs/common';
import { ServiceConfig } from '../config/service-config.js';
import { probeOf, type HttpProbe } from '../testing/http-probe.js';
import { createService } from './create-service.js';

class ProbeConfig extends ServiceConfig {}

@Controller('probe')
class ProbeController {
  @Get(':id')
  read(): string {
    throw new Error('mongodb://user:secret@host failed');
  }

  @Post()
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {
  static with(): DynamicModule {
    return { module: ProbeModule };
  }
}

let probe: HttpProbe;
afterEach(async () => {
  await probe.close();
});

async function start(change: Partial<ProbeConfig> = {}): Promise<HttpProbe> {
  const config = Object.assign(new ProbeConfig(), { rateLimitPerSecond: 0 }, change);
  probe = await probeOf(await createService({ module: ProbeModule, config, logger: false }));
  return probe;
}

const json = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const GZIP = { ...json, 'content-encoding': 'gzip' };
const problem = 'application/problem+json; charset=utf-8';

describe('the HTTP edge of a service', () => {
  it('answers unforeseen errors with 500, without a word of what they were', async () => {
    const answer = await (await start()).ask('/probe/1');
    expect(answer.status).toBe(500);
    expect(answer.headers['content-type']).toBe(problem);
    expect(answer.text).not.toContain('secret');
    expect(answer.body).toMatchObject({ status: 500, code: 'internal', number: 'SYNC_599' });
  });

  it.each([
    ['an unknown path', 'GET', '/nowhere', {}, undefined, 404, 'not-found'],
    ['an unknown method', 'PUT', '/probe', json, '{}', 405, 'method-not-allowed'],
    ['a broken escape', 'GET', '/probe/%zz', {}, undefined, 400, 'bad-request'],
    ['a long parameter', 'GET', `/probe/${'x'.repeat(2000)}`, {}, undefined, 414, 'uri-too-long'],
    ['broken JSON', 'POST', '/probe', json, '{"a":', 400, 'invalid-json'],
    ['an empty body', 'POST', '/probe', json, '', 400, 'invalid-json'],
    ['a poisoned body', 'POST', '/probe', json, '{"a":[{"__proto__":1}]}', 400, 'invalid-body'],
    ['a disguised poison', 'POST', '/probe', json, '{"\\u005f_proto__":1}', 400, 'invalid-body'],
    ['a large body', 'POST', '/probe', json, JSON.stringify('x'.repeat(300_000)), 413, 'body-too-large'],
    ['text', 'POST', '/probe', { 'content-type': 'text/plain' }, 'x', 415, 'unsupported-media-type'],
    ['a form', 'POST', '/probe', FORM, 'a=1', 415, 'unsupported-media-type'],
    ['a compressed body', 'POST', '/probe', GZIP, 'x', 415, 'unsupported-media-type'],
  ] as const)('answers %s as a problem', async (_what, method, path, headers, raw, status, code) => {
    const answer = await (
      await start()
    ).ask(path, { method, headers, ...(raw === undefined ? {} : { raw }) });
    expect(answer.body).toMatchObject({ status, code, requestId: answer.headers['x-request-id'] });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe(problem);
  });

  it('names the methods that a path has', async () => {
    const answer = await (await start()).ask('/probe/1', { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('refuses bodies that are not UTF-8', async () => {
    const raw = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const answer = await (await start()).ask('/probe', { method: 'POST', headers: json, raw });
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid-json' });
  });

  it.each([
    [32, 201],
    [33, 400],
    [10_000, 400],
  ])('answers a body of %d levels with %d', async (levels, status) => {
    const raw = '[{"a\\"[":'.repeat(levels / 2) + (levels % 2 ? '[]' : '1') + '}]'.repeat(levels / 2);
    const answer = await (await start()).ask('/probe', { method: 'POST', headers: json, raw });
    expect(answer.status).toBe(status);
  });

  it('repeats a sane request id and replaces another', async () => {
    const service = await start();
    const ask = (id: string) => service.ask('/nowhere', { headers: { 'x-request-id': id } });
    expect((await ask('abc-1')).headers['x-request-id']).toBe('abc-1');
    expect((await ask('a b{"x":1}')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses more requests than a client may make in a second', async () => {
    const service = await start({ rateLimitPerSecond: 3 });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => service.ask('/nowhere')));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers['retry-after']).toBe('1');
    expect(refused?.body).toMatchObject({ code: 'too-many-requests' });
  });
});
