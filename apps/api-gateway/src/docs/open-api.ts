import { API_DOCS_PATH, serviceDocument } from '@redis-mongo-sync/service-kit';
import { EventDocs } from '../events/event-docs.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const DESCRIPTION = `
The same users in MongoDB and in Redis, kept in sync both ways. Write on the side you like:

* **mongo-first** writes to MongoDB, and Redis follows;
* **redis-first** writes to Redis, and MongoDB follows.

Every write has a \`version\`; the higher one wins in both stores. \`?waitFor=synced\` answers a write when the other
store has it; \`?after=<version>\` reads your own write on the other side. Errors are \`application/problem+json\` with a
stable \`code\`; what any request can meet stands under \`x-responses-everywhere\`.
`;

/** Serves the OpenAPI document at /api-docs-json, and pages to try it at /api-docs. */
export function serveApiDocs(app: NestFastifyApplication): void {
  const events = app.get(EventDocs);
  SwaggerModule.setup(API_DOCS_PATH, app, () => apiDocument(app), {
    patchDocumentOnRequest: (_request, _reply, document) => events.addTo(document),
    customSiteTitle: 'Redis–Mongo sync: API',
    swaggerOptions: { tryItOutEnabled: true, displayRequestDuration: true },
  });
}

/** The OpenAPI document of what the gateway answers itself. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  return serviceDocument(app, {
    title: 'Redis–Mongo sync',
    description: DESCRIPTION,
    tags: {
      'mongo-first': 'Users, written to MongoDB first',
      'redis-first': 'Users, written to Redis first',
      'users by id': 'The users of the mongo-first path by id; writes are announced on `user:events`',
      events: 'Messages, tasks, log lines, events of your own; what became of them',
      health: 'What is up',
    },
  });
}
