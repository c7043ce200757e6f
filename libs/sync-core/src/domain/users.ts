import { normalizeEmail } from './email.js';
import type { EntityDefinition } from './entity.js';

/** Credentials and their like: they never reach Redis, a stream, a log or a dead letter. */
export const USER_SECRET_FIELDS = [
  'passwordHash',
  'refreshTokens',
  'authLogs',
  'verificationCode',
  'twoFA',
] as const;

/** The entity that the product ships with. */
export const USERS: EntityDefinition = {
  name: 'users',
  collection: 'users',
  keyField: 'email',
  keyTemplate: 'user:{key}',
  cacheKeyTemplate: 'user:{id}',
  normalizeKey: normalizeEmail,
  keyForm: 'email',
  requiredOnCreate: ['name'],
  ownedFields: ['wallet'],
  secretFields: USER_SECRET_FIELDS,
};
