import { MAX_EMAIL_LENGTH } from '@redis-mongo-sync/sync-core';
import { MAX_NAME_LENGTH } from '../users-http/parse-user-body.js';
import type { Schemas } from './problem-schemas.js';

export const EXAMPLE_EMAIL = 'ada@example.org';
export const EXAMPLE_VERSION = 1850880000000000;

const PROFILE = { languages: ['en', 'fr'], address: { city: 'London', floors: [] } };

export const USER_EXAMPLE = {
  email: EXAMPLE_EMAIL,
  name: 'Ada Lovelace',
  ...PROFILE,
  version: EXAMPLE_VERSION,
  updatedAt: EXAMPLE_VERSION / 1024,
  source: 'mongo',
};

export const CREATE_EXAMPLE = { email: EXAMPLE_EMAIL, name: 'Ada Lovelace', ...PROFILE };

const email = {
  type: 'string',
  format: 'email',
  maxLength: MAX_EMAIL_LENGTH,
  description: 'The record key. Trimmed and lower-cased: Ada@Example.org and ada@example.org are one user.',
  example: EXAMPLE_EMAIL,
} as const;

const name = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_NAME_LENGTH,
  description: 'Trimmed. Without control characters.',
  example: 'Ada Lovelace',
} as const;

const PROFILE_RULES =
  'Any further top-level field is part of the profile: any JSON, at most 32 levels deep, integers within ±(2^53−1). ' +
  'Names must not start with `$`, contain `.` or NUL, or be `__proto__`, `constructor` or `prototype`, at any level. ' +
  'Reserved at the top level: `_id`, `id`, `version`, `updatedAt`, `source`, `deleted`, `purgeAt`, `wallet` and credentials.';

/** Users, as requests and answers hold them. */
export const USER_SCHEMAS: Schemas = {
  User: {
    type: 'object',
    required: ['email', 'name', 'version', 'updatedAt', 'source'],
    additionalProperties: true,
    properties: {
      email,
      name,
      version: {
        type: 'integer',
        format: 'int64',
        description: 'Version of the record in both stores; higher wins. Also the `ETag`.',
      },
      updatedAt: {
        type: 'integer',
        format: 'int64',
        description: 'When it was written, in epoch milliseconds.',
      },
      source: {
        type: 'string',
        enum: ['mongo', 'redis'],
        description: 'The side that this version was written on.',
      },
    },
    example: USER_EXAMPLE,
  },
  CreateUser: {
    type: 'object',
    required: ['email'],
    additionalProperties: true,
    description: `\`name\` is required where there is no user with this e-mail yet. ${PROFILE_RULES}`,
    properties: { email, name },
    example: CREATE_EXAMPLE,
  },
  ReplaceUser: {
    type: 'object',
    required: ['name'],
    additionalProperties: true,
    description: `An \`email\` other than that of the path changes the e-mail. ${PROFILE_RULES}`,
    properties: { email, name },
    example: { name: 'Ada Lovelace', ...PROFILE },
  },
  MergeUser: {
    type: 'object',
    additionalProperties: true,
    description: `\`null\` removes a field. An \`email\` other than that of the path changes the e-mail. ${PROFILE_RULES}`,
    properties: { email, name },
    example: { address: { city: 'Paris' }, languages: null },
  },
  UserPage: {
    type: 'object',
    required: ['users', 'nextCursor'],
    properties: {
      users: { type: 'array', items: { $ref: '#/components/schemas/User' } },
      nextCursor: {
        type: 'string',
        nullable: true,
        description: '`cursor` of the next page; null on the last one.',
      },
    },
    example: { users: [USER_EXAMPLE], nextCursor: 'YWRhQGV4YW1wbGUub3Jn' },
  },
};
