import { MessagingError } from './messaging-error.js';

const MAX_LENGTH = 128;
const STREAM = /^[a-z][A-Za-z0-9_-]*(:[a-z0-9][A-Za-z0-9_-]*)+$/;
const EVENT_TYPE = /^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)+$/;
const GROUP = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Last parts that this library gives to keys of its own: dead letters, their audit, partitions. */
const RESERVED = /:(dlq|audit|p\d+)$/;

/** @throws MessagingError INVALID_NAME unless `name` is `{domain}:{action}`, as `user:events`. */
export function assertStreamName(name: unknown): asserts name is string {
  if (!isName(name, STREAM)) {
    throw invalid('stream', name, 'must be {domain}:{action}, as user:events (letters, digits, - and _)');
  }
  if (RESERVED.test(name)) throw invalid('stream', name, 'must not end in :dlq, :audit or :p<number>');
}

/** @throws MessagingError INVALID_NAME unless `type` is `{domain}.{action}`, as `user.created`. */
export function assertEventType(type: unknown): asserts type is string {
  if (!isName(type, EVENT_TYPE)) {
    throw invalid(
      'event type',
      type,
      'must be {domain}.{action}, as user.created (letters, digits, - and _)',
    );
  }
}

/** @throws MessagingError INVALID_NAME unless `group` is of letters, digits, `.`, `-` and `_`. */
export function assertGroupName(group: unknown): asserts group is string {
  if (!isName(group, GROUP)) throw invalid('group', group, 'must be of letters, digits, dots, - and _');
}

function isName(name: unknown, pattern: RegExp): name is string {
  return typeof name === 'string' && name.length <= MAX_LENGTH && pattern.test(name);
}

function invalid(what: string, value: unknown, rule: string): MessagingError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value;
  return new MessagingError('INVALID_NAME', `${what} ${shown}: ${rule}, at most ${MAX_LENGTH} characters`);
}
