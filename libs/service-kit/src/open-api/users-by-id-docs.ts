import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { HttpProblem } from '../problems/http-problem.js';
import { ApiProblems } from './api-problems.js';
import { DocumentPage } from './page-docs.js';
import type { Schemas } from './problem-schemas.js';
import { EXAMPLE_EMAIL, EXAMPLE_VERSION, USER_EXAMPLE } from './user-schemas.js';

/* The OpenAPI descriptions of the users' endpoints by id: of the gateway (`/api/users`) and of the user service. */

const EXAMPLE_ID = '68a1f0c2d4b6e8901234abcd';

const EXAMPLE = { id: EXAMPLE_ID, username: 'ada', ...USER_EXAMPLE };
const WRITE_EXAMPLE = { username: 'ada', email: EXAMPLE_EMAIL, languages: ['en', 'fr'] };

const username = { type: 'string', minLength: 1, maxLength: 200, example: 'ada' } as const;
const email = { type: 'string', format: 'email', maxLength: 254, example: EXAMPLE_EMAIL } as const;

const WRITE_RULES =
  'Any further top-level field is part of the profile, under the rules of `CreateUser`. Without a `name`, the `username` is it.';

export const USER_BY_ID_SCHEMAS: Schemas = {
  UserById: {
    type: 'object',
    required: ['id', 'username', 'email', 'name', 'version', 'updatedAt', 'source'],
    additionalProperties: true,
    description: 'A user of `/mongo-first/users`, with the id that it keeps when its e-mail changes.',
    properties: {
      id: { type: 'string', pattern: '^[0-9a-f]{24}$', example: EXAMPLE_ID },
      username,
      email,
      name: { type: 'string' },
      version: { type: 'integer', format: 'int64' },
      updatedAt: { type: 'integer', format: 'int64', description: 'Epoch milliseconds.' },
      source: { type: 'string', enum: ['mongo', 'redis'] },
    },
    example: EXAMPLE,
  },
  CreateUserById: {
    type: 'object',
    required: ['username', 'email'],
    additionalProperties: true,
    description: WRITE_RULES,
    properties: { username, email, name: { type: 'string' } },
    example: WRITE_EXAMPLE,
  },
  ReplaceUserById: {
    type: 'object',
    required: ['username'],
    additionalProperties: true,
    description: `The whole profile; an \`email\` other than the present one changes it. ${WRITE_RULES}`,
    properties: { username, email, name: { type: 'string' } },
    example: { ...WRITE_EXAMPLE, username: 'ada-lovelace' },
  },
  UserByIdPage: {
    type: 'object',
    required: ['users', 'nextCursor'],
    properties: {
      users: { type: 'array', items: { $ref: '#/components/schemas/UserById' } },
      nextCursor: { type: 'string', nullable: true, description: 'Null on the last page.' },
    },
    example: { users: [EXAMPLE], nextCursor: null },
  },
};

const ref = (schema: string) => ({ $ref: `#/components/schemas/${schema}` });
const etag = `"${EXAMPLE_VERSION}"`;

const IdParam = () =>
  ApiParam({ name: 'id', description: 'Id of the user, 24 hexadecimal digits.', example: EXAMPLE_ID });

const IfMatch = () =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: `Only if the present version is this one, e.g. ${etag}. Otherwise 412.`,
  });

const User = (status: 200 | 201, description: string) =>
  ApiResponse({
    status,
    description,
    headers: {
      ETag: { description: 'The version, for `If-Match`.', schema: { type: 'string', example: etag } },
      Location: {
        description: 'Where the user is.',
        schema: { type: 'string', example: `/api/users/${EXAMPLE_ID}` },
      },
    },
    content: { 'application/json': { schema: ref('UserById'), example: EXAMPLE } },
  });

const BODY = [
  HttpProblem.InvalidJson,
  HttpProblem.InvalidBody,
  HttpProblem.InvalidQuery,
  HttpProblem.InvalidHeader,
  HttpProblem.BodyTooLarge,
  HttpProblem.UnsupportedMediaType,
];
const STORE = [HttpProblem.StoreUnavailable, HttpProblem.ServiceUnavailable];
const ANNOUNCED = (type: string) =>
  `Publishes \`${type}\` on \`user:events\`: the write and its event are one transaction, so neither is there without the other.`;

export const DocumentListById = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'List the users', description: 'In the order of their creation.' }),
    DocumentPage('UserByIdPage'),
    ApiProblems(HttpProblem.InvalidQuery, ...STORE),
  );

export const DocumentReadById = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Read a user' }),
    IdParam(),
    IfMatch(),
    ApiHeader({ name: 'If-None-Match', required: false, description: `304 if unchanged, e.g. ${etag}.` }),
    User(200, 'The user.'),
    ApiResponse({ status: 304, description: 'The user has the version that `If-None-Match` names.' }),
    ApiProblems(
      HttpProblem.InvalidId,
      HttpProblem.InvalidQuery,
      HttpProblem.InvalidHeader,
      HttpProblem.UserNotFound,
      HttpProblem.PreconditionFailed,
      ...STORE,
    ),
  );

export const DocumentCreate = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Create a user', description: ANNOUNCED('user.created') }),
    ApiBody({ schema: ref('CreateUserById'), examples: { user: { value: WRITE_EXAMPLE } } }),
    User(201, 'Created. An e-mail that was deleted before gets its old id back.'),
    ApiProblems(...BODY, HttpProblem.EmailTaken, ...STORE),
  );

export const DocumentReplaceById = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Replace the profile of a user', description: ANNOUNCED('user.updated') }),
    IdParam(),
    IfMatch(),
    ApiBody({ schema: ref('ReplaceUserById') }),
    User(200, 'Replaced.'),
    ApiProblems(
      ...BODY,
      HttpProblem.InvalidId,
      HttpProblem.UserNotFound,
      HttpProblem.EmailTaken,
      HttpProblem.PreconditionFailed,
      ...STORE,
    ),
  );

export const DocumentRemoveById = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Delete a user', description: ANNOUNCED('user.deleted') }),
    IdParam(),
    IfMatch(),
    ApiResponse({ status: 204, description: 'There is no such user any more.' }),
    ApiProblems(
      HttpProblem.InvalidId,
      HttpProblem.InvalidQuery,
      HttpProblem.InvalidHeader,
      HttpProblem.UserNotFound,
      HttpProblem.PreconditionFailed,
      ...STORE,
    ),
  );
