import {
  differingFields,
  sharedFields,
  type Conflict,
  type EntityDefinition,
  type Json,
  type JsonObject,
} from '@redis-mongo-sync/sync-core';
import type { SimMongo } from '../stores/sim-mongo.js';
import { lastFields, type History, type Written } from './history.js';

/** One field that a client's write set, or removed (`undefined`). */
interface FieldChange {
  readonly write: Written;
  readonly field: string;
  readonly value: Json | undefined;
}

/**
 * A change of a field that is neither the final value, nor was overwritten by a client who saw it, nor lost against a
 * newer change of the same field – or with its whole record – that the conflict log tells of; or null.
 */
export function lostField(history: History, mongo: SimMongo): string | null {
  const { entity } = mongo;
  const conflicts = [...mongo.conflicts.values()];
  for (const change of changesIn(entity, history.judged())) {
    const { write, field, value } = change;
    const { key } = write;
    if (isSame(lastFields(mongo, key)?.[field], value)) continue;
    if (history.writes.some((later) => overwroteKnowingly(later, change))) continue;
    if (conflicts.some((conflict) => conflict.key === key && tells(entity, history, conflict, change)))
      continue;
    return `I22: ${field} of ${key}, set to ${JSON.stringify(value)} by ${write.source} at ${write.version}, was lost`;
  }
  return null;
}

function changesIn(entity: EntityDefinition, writes: readonly Written[]): FieldChange[] {
  return writes.flatMap((write) => {
    if (write.isDerived || write.fields === null) return [];
    const { fields } = write;
    const before = shared(entity, write.before?.fields ?? {});
    return differingFields(before, shared(entity, fields)).map((field) => ({
      write,
      field,
      value: fields[field],
    }));
  });
}

function overwroteKnowingly(later: Written, { write, field, value }: FieldChange): boolean {
  const { before, fields } = later;
  if (later === write || later.isDerived || later.key !== write.key || !before?.fields) return false;
  if (before.version < write.version || !isSame(before.fields[field], value)) return false;
  return fields === null || !isSame(fields[field], value);
}

function tells(
  entity: EntityDefinition,
  history: History,
  { key, how, reason, loser, winner, fields }: Conflict,
  { write, field, value }: FieldChange,
): boolean {
  if (reason !== 'merged' || !fields)
    return how !== 'merged' && loser.content !== null && isSame(loser.content[field], value);
  if (fields.lost.includes(field) && isSame(loser.content?.[field], value)) return true;
  if (
    !fields.overruled.includes(field) ||
    !isSame(winner.content?.[field], value) ||
    loser.version <= write.version
  )
    return false;
  // What overrules must have been changed by somebody.
  return history.writes.some((other) => {
    if (other.key !== key || other.source !== 'redis' || other.version > loser.version) return false;
    return (
      other.isDerived ||
      changesIn(entity, [other]).some(
        (one) => one.field === field && isSame(one.value, loser.content?.[field]),
      )
    );
  });
}

function shared(entity: EntityDefinition, fields: JsonObject): JsonObject {
  return sharedFields(entity, fields);
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
