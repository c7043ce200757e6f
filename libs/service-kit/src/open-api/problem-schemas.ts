import type { OpenAPIObject } from '@nestjs/swagger';

export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** What every service answers when it refuses or fails. */
export const PROBLEM_SCHEMAS: Schemas = {
  Problem: {
    type: 'object',
    description: 'RFC 9457. Further members, such as `version` or `store`, come with some codes.',
    required: ['type', 'title', 'status', 'detail', 'code', 'number', 'requestId'],
    additionalProperties: true,
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string', description: 'The same for every occurrence.' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What happened this time.' },
      code: { type: 'string', description: 'Stable, for programs.' },
      number: { type: 'string', description: 'Stable, for looking it up in docs/errors.md.' },
      requestId: { type: 'string', description: 'Also in `X-Request-Id`, and in the logs of every service.' },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    },
  },
  FieldError: {
    type: 'object',
    required: ['in', 'field', 'message'],
    properties: {
      in: { type: 'string', enum: ['body', 'query', 'path', 'header'] },
      field: {
        type: 'string',
        description: 'JSON pointer into the body, or name of the parameter or header.',
      },
      message: { type: 'string' },
    },
  },
};

/** `/health/live` and `/health/ready`. */
export const LIVENESS_SCHEMA = {
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: ['ok'] } },
  example: { status: 'ok' },
};
