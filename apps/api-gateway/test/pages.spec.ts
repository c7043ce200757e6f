import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createService } from '@redis-mongo-sync/service-kit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { probeOf, type HttpProbe } from '@redis-mongo-sync/service-kit/testing';
import { apiDocument } from '../src/docs/open-api.js';
import { GatewayConfig } from '../src/gateway.config.js';
import { GatewayModule } from '../src/gateway.module.js';

const NOWHERE = 'redis://127.0.0.1:1';

describe('the pages of the gateway', () => {
  let app: NestFastifyApplication;
  let gateway: HttpProbe;
  let document: OpenAPIObject;
  const routes = new Set<string>();
  beforeAll(async () => {
    const config = new GatewayConfig();
    config.apiDocs = false; // @fastify/static cannot be loaded inside Jest; the document is the same
    Object.assign(config.redis, { url: NOWHERE });
    app = await createService({ module: GatewayModule, config, logger: false });
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const name of [method].flat()) if (name !== 'HEAD') routes.add(`${name} ${url}`);
      });
    gateway = await probeOf(app);
    document = apiDocument(app);
  });
  afterAll(async () => {
    await gateway.close();
  });

  it('documents every endpoint of its own; what it forwards, the service behind it documents', () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const [forwarded, own] = [true, false].map((wanted) =>
      [...routes].filter((route) => route.endsWith('/*') === wanted),
    );
    expect(documented.sort()).toEqual(own?.filter((route) => route !== 'GET /').sort());
    expect(forwarded).toEqual(expect.arrayContaining(['GET /api/events/*', 'POST /api/events/*']));
    expect(documented).toContain('PATCH /redis-first/users/:email');
  });

  it('gives each users endpoint a summary, its errors with examples, and resolvable schemas', () => {
    const schemas = Object.keys(document.components?.schemas ?? {});
    for (const [path, methods] of Object.entries(document.paths)) {
      if (!path.includes('users')) continue;
      for (const operation of Object.values(methods as Record<string, Operation>)) {
        expect(operation.summary).toEqual(expect.any(String));
        const statuses = Object.keys(operation.responses);
        expect(statuses).toEqual(expect.arrayContaining(['400', '429', '503', '500']));
        for (const status of statuses.filter((name) => Number(name) >= 400)) {
          const content = operation.responses[status]?.content['application/problem+json'];
          const examples = Object.values(content?.examples ?? {});
          expect(examples.length).toBeGreaterThan(0);
          for (const { value } of examples) expect(value).toMatchObject({ status: Number(status) });
        }
      }
    }
    for (const [, name = ''] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(schemas).toContain(name);
    }
  });

  it('tells people and programs what there is', async () => {
    const page = await gateway.ask('/', { headers: { accept: 'text/html,*/*' } });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('href="/api-docs"');
    expect(page.text).toContain(`${gateway.url}/redis-first/users`);
    const forged = await gateway.ask('/', { headers: { accept: 'text/html', host: 'x"><script>' } });
    expect(forged.text).not.toContain('<script>');
    const json = await gateway.ask('/');
    expect(json.body).toMatchObject({ links: { '/health': expect.any(String) } });
  });

  it('sends the headers that protect browsers', async () => {
    const { headers } = await gateway.ask('/');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});

interface Operation {
  readonly summary?: string;
  readonly responses: Record<
    string,
    { content: Record<string, { examples?: Record<string, { value: unknown }> }> }
  >;
}
