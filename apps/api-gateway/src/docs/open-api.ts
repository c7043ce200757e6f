import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SCHEMAS } from './schemas.js';

export const API_DOCS_PATH = 'api-docs';

const DESCRIPTION = `
The same users in MongoDB and in Redis, kept in sync both ways. Write on the side you like:

* **mongo-first** writes to MongoDB, and Redis follows;
* **redis-first** writes to Redis, and MongoDB follows.

Every write has a \`version\`; the higher one wins in both stores. \`?waitFor=synced\` answers a write when the other
store has it; \`?after=<version>\` reads your own write on the other side. Errors are \`application/problem+json\` with a
stable \`code\`.
`;

/** Serves the OpenAPI document at /api-docs-json, and pages to try it at /api-docs. */
export function serveApiDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup(API_DOCS_PATH, app, () => apiDocument(app), {
    customSiteTitle: 'Redis–Mongo sync: API',
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true },
  });
}

/** The OpenAPI document of the gateway. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setTitle('Redis–Mongo sync')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addTag('mongo-first', 'Users, written to MongoDB first')
    .addTag('redis-first', 'Users, written to Redis first')
    .addTag('health', 'What is up')
    .build();
  const document = SwaggerModule.createDocument(app, base);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...SCHEMAS },
  };
  return document;
}
