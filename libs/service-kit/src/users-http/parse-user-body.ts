import {
  InvalidKeyError,
  isJsonObject,
  normalizeEmail,
  pickFields,
  USERS,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import type { FieldError, ProblemError } from '../problems/problem-error.js';
import { fault, invalidBody } from '../requests/faults.js';
import type { UserWrite, UserWriteKind } from './user-write.js';
import { validateProfile } from './validate-profile.js';

export const MAX_NAME_LENGTH = 200;

const CONTROL_CHARACTER = /\p{Cc}/u;

export type ParsedUserBody = Pick<UserWrite, 'email' | 'newEmail' | 'set' | 'unset'>;

/**
 * Validates the body of a write. `pathEmail` is the normalised e-mail of the URL; without one (POST) the body has it.
 *
 * @throws ProblemError `InvalidBody` naming every field that is wrong
 */
export function parseUserBody(kind: UserWriteKind, body: unknown, pathEmail?: string): ParsedUserBody {
  if (!isJsonObject(body)) throw invalidBody([fault('', 'must be a JSON object')]);
  const errors = validateProfile(USERS, body);
  const email = readEmail(body, pathEmail, errors);
  const name = readName(kind, body, errors);
  if (errors.length > 0) throw invalidBody(errors);

  const removes = (field: string) => kind === 'merge' && body[field] === null;
  const set = pickFields(body, (field) => field !== 'email' && field !== 'name' && !removes(field));
  const key = pathEmail ?? email;
  return {
    email: key,
    ...(email === key ? {} : { newEmail: email }),
    set: name === undefined ? set : { name, ...set },
    unset: Object.keys(body).filter(removes),
  };
}

/** The e-mail of the body, or the path's where the body has none; '' when it is wrong. */
function readEmail(body: JsonObject, pathEmail: string | undefined, errors: FieldError[]): string {
  if (body.email === undefined && pathEmail !== undefined) return pathEmail;
  if (body.email === undefined) {
    errors.push(fault('/email', 'is required'));
    return '';
  }
  try {
    return normalizeEmail(body.email);
  } catch (error) {
    if (!(error instanceof InvalidKeyError)) throw error;
    errors.push(fault('/email', error.message));
    return '';
  }
}

/** The trimmed name. PUT needs one; POST needs one only where it creates, which the store finds out. */
function readName(kind: UserWriteKind, body: JsonObject, errors: FieldError[]): string | undefined {
  if (body.name === undefined && kind === 'replace') errors.push(fault('/name', 'is required'));
  return readText('name', body, errors);
}

/** A field that people are called by, trimmed; `undefined` when the body has none. Faults go to `errors`. */
export function readText(field: string, body: JsonObject, errors: FieldError[]): string | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  const trimmed = typeof value === 'string' ? value.trim() : '';
  if (typeof value !== 'string') errors.push(fault(`/${field}`, 'must be a string'));
  else if (trimmed === '' || characters(trimmed) > MAX_NAME_LENGTH) {
    errors.push(fault(`/${field}`, `must have 1 to ${MAX_NAME_LENGTH} characters`));
  } else if (CONTROL_CHARACTER.test(trimmed))
    errors.push(fault(`/${field}`, 'must not hold control characters'));
  return trimmed;
}

/** Unicode characters, not UTF-16 units. */
function characters(text: string): number {
  return [...text].length;
}

/** The problem of a POST that would create a user without a name. */
export function nameRequired(): ProblemError {
  return invalidBody([fault('/name', 'is required: there is no user with this e-mail yet')]);
}
