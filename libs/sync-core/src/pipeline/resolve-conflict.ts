import { sideOfEvent, sideOfImage, type Conflict } from '../domain/conflict.js';
import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import { isMerged, knownFields, mergeFields } from '../domain/merge-fields.js';
import type { MergeMark, MongoImage } from '../domain/mongo-image.js';
import type { ApplyAttempt, RecordResult } from '../ports/apply-targets.js';
import type { StampRequest } from '../ports/mongo-authority.js';

/** What follows from a Redis write that met a version of which its writer did not know. */
export type Resolution =
  /** It is written once the conflict – if anything is lost – is kept. */
  | { readonly kind: 'write'; readonly conflict: Conflict | null; readonly attempt: ApplyAttempt }
  /** It lost, and is settled once the conflict is kept. */
  | { readonly kind: 'drop'; readonly conflict: Conflict }
  /** It has been merged before. */
  | { readonly kind: 'in-place' }
  /**
   * What Mongo holds stays, and is stamped above the write – once the conflict is kept, if there is one by now. Then both are
   * compared again.
   */
  | { readonly kind: 'stamp'; readonly conflict?: Conflict; readonly merge?: StampRequest['merge'] };

type Meeting = Extract<RecordResult, { decision: 'stale' | 'concurrent' }>;

/** Decides by the entity's conflict policy. Pure. */
export function resolveConflict(
  entity: EntityDefinition,
  attempt: ApplyAttempt,
  { decision, current }: Meeting,
): Resolution {
  const { event } = attempt;
  const policy = entity.conflict ?? 'last-write-wins';
  // A later Redis write arrived first, with all that this one said.
  const isOvertaken = decision === 'stale' && current.source === 'redis';
  if (policy === 'merge-fields' && isMerged(event, current))
    return event.version === current.fieldVersions?.merged?.made
      ? { kind: 'in-place' }
      : { kind: 'drop', conflict: discarded(entity, attempt, current, 'overtaken') };
  // A delete has no fields. If it loses, what it did not know must be told all the same.
  if (
    policy === 'merge-fields' &&
    decision === 'stale' &&
    !isOvertaken &&
    event.op === 'delete' &&
    !current.deleted
  )
    return {
      kind: 'stamp',
      conflict: discarded(entity, attempt, current, whyStale(current, event.version)),
      merge: markOf(event, knownFields(event, current.fieldVersions), current),
    };
  if (policy === 'merge-fields' && !isOvertaken && event.op === 'upsert' && !current.deleted)
    return merged(entity, attempt, current);
  if (policy === 'prefer-mongo' && decision === 'concurrent' && current.source === 'mongo')
    return { kind: 'stamp' };
  if (policy === 'prefer-redis' && decision === 'stale' && !isOvertaken) {
    const conflict = overwritten(entity, attempt, current, 'preferred-side');
    return { kind: 'write', conflict, attempt: above(attempt, current) };
  }
  if (decision === 'stale') {
    const reason =
      policy === 'prefer-mongo' && !isOvertaken ? 'preferred-side' : whyStale(current, event.version);
    return { kind: 'drop', conflict: discarded(entity, attempt, current, reason) };
  }
  const { changed: _seenOnly, ...whole } = event;
  const conflict = overwritten(entity, attempt, current, 'newer-version');
  return { kind: 'write', conflict, attempt: { ...attempt, event: whole, over: current.version ?? 0 } };
}

/**
 * The fields of the write that did not lose, in a record that is above both: it travels to Redis as Mongo's. It is written
 * even where no field changes, because it tells that the write has been dealt with.
 */
function merged(entity: EntityDefinition, attempt: ApplyAttempt, current: MongoImage): Resolution {
  const { event } = attempt;
  const { known, confirmed, ...fields } = mergeFields(entity, event, current);
  const written = { ...above(attempt, current), merge: markOf(event, known, current) };
  const merge = { ...written.event, changed: [...fields.merged, ...confirmed] };
  const isSaid = fields.merged.length + fields.lost.length === 0;
  const conflict: Conflict = {
    entity: entity.name,
    key: event.key,
    reason: 'merged',
    how: fields.merged.length > 0 ? 'merged' : 'discarded',
    winner: sideOfImage(entity, current),
    loser: sideOfEvent(entity, event),
    fields,
  };
  return { kind: 'write', conflict: isSaid ? null : conflict, attempt: { ...written, event: merge } };
}

/** The marks of one document grow together: of the writes in between, those that are late lose as a whole. */
function markOf(
  { version, base = 0, known: claimed = base }: ChangeEvent,
  known: number,
  { fieldVersions }: MongoImage,
): Omit<MergeMark, 'at'> {
  const before = fieldVersions?.merged?.claimed ?? claimed;
  return { made: version, claimed: Math.min(claimed, before), known };
}

/**
 * The write with a version above both. Mongo gives that version, so it is Mongo's: Redis may give the same one to a write of
 * its own.
 */
function above(attempt: ApplyAttempt, current: MongoImage): ApplyAttempt {
  const over = current.version ?? 0;
  const { changed: _seenOnly, ...whole } = attempt.event;
  const version = Math.max(over, whole.version) + 1;
  return { ...attempt, event: { ...whole, version, source: 'mongo' }, over };
}

function discarded(
  entity: EntityDefinition,
  { event }: ApplyAttempt,
  current: MongoImage,
  reason: Conflict['reason'],
): Conflict {
  const winner = sideOfImage(entity, current);
  const loser = sideOfEvent(entity, event);
  return { entity: entity.name, key: event.key, reason, how: 'discarded', winner, loser };
}

function overwritten(
  entity: EntityDefinition,
  { event }: ApplyAttempt,
  current: MongoImage,
  reason: Conflict['reason'],
): Conflict {
  const stored = sideOfImage(entity, current);
  const loser = { ...stored, version: stored.version ?? 0 };
  const winner = sideOfEvent(entity, event);
  return { entity: entity.name, key: event.key, reason, how: 'overwritten', winner, loser };
}

function whyStale({ version, source }: MongoImage, incoming: number): Conflict['reason'] {
  if (version === incoming) return 'mongo-preferred-at-equal-version';
  return source === 'redis' ? 'overtaken' : 'newer-version';
}
