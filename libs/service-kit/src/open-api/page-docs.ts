import { applyDecorators } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../users-http/user-queries.js';

/** The parameters and the answer of an endpoint that lists users page by page; `schema`: the name of the page's. */
export const DocumentPage = (schema: string): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE },
    }),
    ApiQuery({
      name: 'cursor',
      required: false,
      schema: { type: 'string' },
      description: '`nextCursor` of the page before.',
    }),
    ApiResponse({
      status: 200,
      description: 'One page.',
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
    }),
  );
