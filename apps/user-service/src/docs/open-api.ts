import { serviceDocument } from '@redis-mongo-sync/service-kit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI document of the user service. */
export function userServiceDocument(app: NestFastifyApplication): OpenAPIObject {
  return serviceDocument(app, {
    title: 'Redis–Mongo sync: user service',
    description: 'The one write path to the users in MongoDB. Clients use the gateway.',
    tags: {
      users: 'Users in MongoDB',
      'users by id': 'The same users by id; writes are announced on `user:events`',
      health: 'What is up',
    },
  });
}
