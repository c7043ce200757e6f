import {
  isJsonObject,
  isSource,
  isVersion,
  STAMP_FIELD,
  stampFields,
  type Json,
  type JsonObject,
  type Stamp,
} from '@redis-mongo-sync/sync-core';

/*
 * Every record in an answer carries its stamp as `_sync: {version, updatedAt, source}`. The three are shown at the top
 * level, too, unless the record has a field of that name itself: that one is shown as it is, and `_sync.own` names it.
 *
 * A body that carries `_sync` is such an answer, changed and sent back: what the answer had added is not the client's.
 * Without `_sync`, `version`, `updatedAt` and `source` are fields like any other.
 */

const SHOWN = ['version', 'updatedAt', 'source'] as const;

/** The members that an answer adds to the fields of a record. */
export function shownStamp(stamp: Stamp, fields: JsonObject): JsonObject {
  const members = stampFields(stamp);
  const own = SHOWN.filter((name) => Object.hasOwn(fields, name));
  const shown = SHOWN.filter((name) => !own.includes(name)).map((name) => [name, members[name]] as const);
  const { version, updatedAt, source } = members;
  return {
    ...Object.fromEntries(shown),
    [STAMP_FIELD]: { version, updatedAt, source, ...(own.length > 0 ? { own } : {}) },
  };
}

/**
 * A body without what an answer had added, if it is one: `_sync`, what says the same as its members, and the `added` ones.
 * Any other body is given back as it is.
 */
export function withoutAnswered(body: JsonObject, added: readonly string[] = []): JsonObject {
  const stamp = answeredStamp(body[STAMP_FIELD]);
  if (!stamp) return body;
  const isAnswered = (name: string, value: Json) =>
    name === STAMP_FIELD ||
    added.includes(name) ||
    (SHOWN.some((shown) => shown === name && stamp[shown] === value) && !stamp.own.includes(name));
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !isAnswered(name, value)));
}

interface AnsweredStamp extends Stamp {
  readonly updatedAt: Json | undefined;
  readonly own: readonly Json[];
}

/** `null`: not a stamp as answers have it. */
function answeredStamp(value: Json | undefined): AnsweredStamp | null {
  if (!isJsonObject(value)) return null;
  const { version, updatedAt, source, own = [] } = value;
  // 0: the record had no version yet.
  if (!(version === 0 || isVersion(version)) || !isSource(source) || !Array.isArray(own)) return null;
  return { version, source, updatedAt, own: own as readonly Json[] };
}
