import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Context,
  createService,
  HttpProblem,
  IntegerField,
  RequestDto,
  RequestHeaders,
  ServiceConfig,
  type Answer,
  type RequestContext,
} from '@redis-mongo-sync/service-kit';
import { InvalidKeyError, type EntityDefinition, type JsonObject } from '@redis-mongo-sync/sync-core';
import {
  Body,
  Controller,
  Delete,
  Get,
  Module,
  Param,
  Patch,
  Put,
  Query,
  type DynamicModule,
} from '@nestjs/common';
import { probeOf, type HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { InMemoryRecordStore } from '@redis-mongo-sync/sync-core/testing';
import { ReadConditions, WriteConditions } from './condition-headers.js';
import { KeyField, ProfileField } from './record-fields.js';
import { recordProblem } from './record-problems.js';
import { ListRecordsQuery, pageOf } from './record-queries.js';
import { writeOf } from './record-write.js';
import { StoreRecords } from './store-records.js';

const PRODUCTS: EntityDefinition = {
  name: 'products',
  collection: 'products',
  keyField: 'sku',
  keyTemplate: 'product:{key}',
  normalizeKey: (raw) => {
    if (typeof raw === 'string' && /^[a-z]{2}-\d{1,4}$/i.test(raw)) return raw.toLowerCase();
    throw new InvalidKeyError('sku must look like ab-12');
  },
  requiredOnCreate: ['price'],
  ownedFields: ['stock'],
  secretFields: ['margin'],
};

@RequestDto({ problem: HttpProblem.InvalidId })
class ProductParams {
  @KeyField(PRODUCTS)
  sku!: string;
}

class ProductBody {
  @KeyField(PRODUCTS, { optional: true })
  sku?: string;

  @IntegerField({ min: 0, max: 1_000_000, optional: true })
  price?: number;

  @ProfileField(PRODUCTS)
  profile!: JsonObject;
}

const store = new InMemoryRecordStore({ entity: PRODUCTS, source: 'mongo' });
const products = new StoreRecords({ store, entity: PRODUCTS, basePath: '/products' });

@Controller('products')
class ProductsController {
  @Get()
  list(@Query() query: ListRecordsQuery): Promise<Answer> {
    return products.list(pageOf(query));
  }

  @Get(':sku')
  read(
    @Param() { sku }: ProductParams,
    @RequestHeaders(ReadConditions) conditions: ReadConditions,
  ): Promise<Answer> {
    return products.read(sku, conditions);
  }

  @Put(':sku')
  replace(
    @Param() { sku }: ProductParams,
    @Body() body: ProductBody,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return products.write(writeOf(PRODUCTS, { kind: 'replace', pathKey: sku, body, conditions }), context);
  }

  @Patch(':sku')
  merge(
    @Param() { sku }: ProductParams,
    @Body() body: ProductBody,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return products.write(writeOf(PRODUCTS, { kind: 'merge', pathKey: sku, body, conditions }), context);
  }

  @Delete(':sku')
  remove(
    @Param() { sku }: ProductParams,
    @RequestHeaders(WriteConditions) conditions: WriteConditions,
    @Context() context: RequestContext,
  ): Promise<Answer> {
    return products.remove({ key: sku, conditions }, context);
  }
}

@Module({ controllers: [ProductsController] })
class ProductsModule {
  static readonly problems = [recordProblem];

  static with(): DynamicModule {
    return { module: ProductsModule };
  }
}

class ProductsConfig extends ServiceConfig {}

describe('records of an entity that is not users', () => {
  let probe: HttpProbe;
  beforeAll(async () => {
    probe = await probeOf(
      await createService({ module: ProductsModule, config: new ProductsConfig(), logger: false }),
    );
  });
  afterAll(async () => {
    await probe.close();
  });

  const put = (sku: string, json: unknown) => probe.ask(`/products/${sku}`, { method: 'PUT', json });

  it('are written, read, changed and removed', async () => {
    const created = await put('AB-1', { price: 5, colours: ['red'] });
    expect([created.status, created.headers.location]).toEqual([201, '/products/ab-1']);
    expect(created.body).toMatchObject({ sku: 'ab-1', price: 5, colours: ['red'], source: 'mongo' });
    const etag = String(created.headers.etag);
    const read = await probe.ask('/products/ab-1', { headers: { 'if-none-match': etag } });
    expect([read.status, read.text]).toEqual([304, '']);

    const merge = { method: 'PATCH', json: { colours: null, size: 'L' } } as const;
    const merged = await probe.ask('/products/ab-1', { ...merge, headers: { 'if-match': etag } });
    expect(merged.body).toMatchObject({ sku: 'ab-1', price: 5, size: 'L' });
    expect(merged.body).not.toHaveProperty('colours');
    const late = await probe.ask('/products/ab-1', { ...merge, headers: { 'if-match': etag } });
    expect(late.body).toMatchObject({ status: 412, version: merged.body.version });

    const moved = await put('ab-1', { sku: 'AB-2', price: 6 });
    expect([moved.status, moved.headers.location]).toEqual([200, '/products/ab-2']);
    await put('ab-3', { price: 1 });
    const taken = await put('ab-3', { sku: 'ab-2', price: 6 });
    expect(taken.body).toMatchObject({ status: 409, code: 'conflict' });
    expect((await probe.ask('/products/ab-2', { method: 'DELETE' })).status).toBe(204);
    const gone = await probe.ask('/products/ab-2');
    expect(gone.body).toMatchObject({ status: 404, code: 'not-found' });
    expect(Number(gone.body.version)).toBeGreaterThan(0);
  });

  it('are answered with their stamp, and taken back with it', async () => {
    const created = await put('rb-1', { price: 5, version: '1.2', colours: ['red'] });
    const { version, source, updatedAt, _sync } = created.body;
    expect(version).toBe('1.2');
    expect(_sync).toEqual({
      version: expect.any(Number),
      updatedAt,
      source,
      own: ['version'],
    });
    expect(created.headers.etag).toBe(`"${(_sync as { version: number }).version}"`);
    const { body } = await put('rb-1', { ...created.body, price: 6 });
    expect(body).toMatchObject({ sku: 'rb-1', price: 6, version: '1.2', colours: ['red'] });
    expect(body._sync).toMatchObject({ own: ['version'] });
    expect((await put('rb-1', { price: 6, _sync: { version: 'x' } })).body).toMatchObject({
      status: 400,
      errors: [{ in: 'body', field: '/_sync' }],
    });
  });

  it('are listed under the name of the entity', async () => {
    for (const sku of ['zz-1', 'zz-2', 'zz-3']) await put(sku, { price: 1 });
    const from = Buffer.from('zz-1').toString('base64url');
    const page = await probe.ask(`/products?limit=1&cursor=${from}`);
    expect(page.body).toMatchObject({ products: [{ sku: 'zz-2' }], nextCursor: expect.any(String) });
  });

  it('are refused by their own rules', async () => {
    expect((await put('nonsense', { price: 1 })).body).toMatchObject({
      status: 400,
      code: 'invalid-id',
      errors: [{ in: 'path', field: 'sku', message: 'sku must look like ab-12' }],
    });
    const { body } = await put('ab-9', { price: -1, sku: 'x', stock: 1, margin: 1, 'a.b': 1 });
    const fields = (body.errors as { field: string }[]).map(({ field }) => field).sort();
    expect(fields).toEqual(['/a.b', '/margin', '/price', '/sku', '/stock']);
  });
});
