import type { KeptConflict } from '@redis-mongo-sync/sync-adapters';
import {
  pickFields,
  sharedFields,
  type EntityDefinition,
  type FieldMerge,
  type JsonObject,
  type WriteCommand,
} from '@redis-mongo-sync/sync-core';

/** A write that brings back what lost. */
export type Restoration = Pick<WriteCommand, 'mode' | 'set' | 'unset'>;

type Restorable =
  | ({ readonly kind: 'write' } & Restoration)
  /** The losing version was a delete. */
  | { readonly kind: 'remove' }
  /** It was too large to be kept. */
  | { readonly kind: 'not-kept' };

/**
 * What it takes to bring back the losing version. Where the two versions were merged, fields of both may have lost: all
 * those are brought back, and no others. Pure.
 */
export function restorationOf(entity: EntityDefinition, { winner, loser, fields }: KeptConflict): Restorable {
  if (loser.omittedBytes !== undefined) return { kind: 'not-kept' };
  if (loser.content === null) return { kind: 'remove' };
  if (!fields) return { kind: 'write', mode: 'replace', set: profileOf(entity, loser.content), unset: [] };
  if (winner.omittedBytes !== undefined && fields.overruled.length > 0) return { kind: 'not-kept' };
  const sides = { theirs: loser.content, mongos: winner.content ?? {} };
  return { kind: 'write', ...whatLost(entity, sides, fields) };
}

function whatLost(
  entity: EntityDefinition,
  { theirs, mongos }: { readonly theirs: JsonObject; readonly mongos: JsonObject },
  { lost, overruled }: FieldMerge,
): Restoration {
  const set = profileOf(entity, {
    ...pickFields(theirs, (field) => lost.includes(field)),
    ...pickFields(mongos, (field) => overruled.includes(field)),
  });
  const unset = [...lost, ...overruled].filter((field) => !Object.hasOwn(set, field));
  return { mode: 'merge', set, unset };
}

/** What a client may write, without the record key. */
function profileOf(entity: EntityDefinition, content: JsonObject): JsonObject {
  return pickFields(sharedFields(entity, content), (field) => field !== entity.keyField);
}
