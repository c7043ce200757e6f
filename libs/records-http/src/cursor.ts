import { Field } from '@redis-mongo-sync/service-kit';
import { MAX_KEY_LENGTH } from '@redis-mongo-sync/sync-core';

const PRINTABLE = /^\P{Cc}+$/u;

/** The opaque form in which clients get the last key of a page. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/** The `cursor` of a list, read as the key that it stands for. `keys`: what the keys of this list look like. */
export function CursorField(keys = PRINTABLE): PropertyDecorator {
  return Field({
    optional: true,
    description: '`nextCursor` of the page before.',
    schema: { type: 'string' },
    convert: (cursor) => decodeCursor(String(cursor), keys),
    check: (key) => (key === null ? 'must be the nextCursor of a page of this endpoint' : undefined),
  });
}

/** `null` when the cursor is not one that {@link encodeCursor} made. */
function decodeCursor(cursor: string, keys: RegExp): string | null {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  return encodeCursor(key) === cursor && key.length <= MAX_KEY_LENGTH && keys.test(key) ? key : null;
}
