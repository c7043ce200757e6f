import {
  InvalidKeyError,
  isJsonObject,
  normalizeEmail,
  pickFields,
  USERS,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import type { FieldError } from '../problems/problem-error.js';
import { fault, invalidBody } from '../requests/faults.js';
import { readText } from './parse-user-body.js';
import { validateProfile } from './validate-profile.js';

/** What a client wants a user to be. */
export interface IdentifiedUserWrite {
  /** Absent where the user shall keep its own. */
  readonly email?: string;
  /** All shared fields but the e-mail; `name` and `username` among them. */
  readonly fields: JsonObject;
}

/**
 * Validates `{username, email, …}`. Every user of the product has a `name`: without one it is the `username`.
 *
 * @param kind `replace` may leave the e-mail out
 * @throws ProblemError `InvalidBody` naming every field that is wrong
 */
export function parseIdentifiedUser(kind: 'create' | 'replace', body: unknown): IdentifiedUserWrite {
  if (!isJsonObject(body)) throw invalidBody([fault('', 'must be a JSON object')]);
  const errors = validateProfile(USERS, body);
  const email = readEmail(kind, body.email, errors);
  const username = readText('username', body, errors);
  if (username === undefined) errors.push(fault('/username', 'is required'));
  const name = readText('name', body, errors) ?? username;
  if (errors.length > 0) throw invalidBody(errors);
  const others = pickFields(body, (field) => field !== 'email' && field !== 'name' && field !== 'username');
  const fields = { username, name, ...others } as JsonObject;
  return email === undefined ? { fields } : { email, fields };
}

function readEmail(kind: 'create' | 'replace', raw: unknown, errors: FieldError[]): string | undefined {
  if (raw === undefined) {
    if (kind === 'create') errors.push(fault('/email', 'is required'));
    return undefined;
  }
  try {
    return normalizeEmail(raw);
  } catch (error) {
    if (!(error instanceof InvalidKeyError)) throw error;
    errors.push(fault('/email', error.message));
    return undefined;
  }
}
