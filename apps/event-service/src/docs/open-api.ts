import { serviceDocument } from '@redis-mongo-sync/service-kit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI document of the event service. The gateway takes `/api/events/…` of it into its own. */
export function eventServiceDocument(app: NestFastifyApplication): OpenAPIObject {
  return serviceDocument(app, {
    title: 'Redis–Mongo sync: event service',
    description: 'Events: published, worked on, and kept in the audit log. Clients use the gateway.',
    tags: {
      events: 'Messages, tasks, log lines, events of your own; what became of them',
      health: 'What is up',
    },
    schemas: {},
  });
}
