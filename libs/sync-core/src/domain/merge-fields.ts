import { fieldsOf, type ChangeEvent } from './change-event.js';
import { fieldRole, sharedFields, type EntityDefinition } from './entity.js';
import { canonicalJson, type Json } from './json.js';
import type { FieldVersions, MongoImage } from './mongo-image.js';

/** What becomes of a Redis write that meets a document its writer had not seen, field by field. */
export interface FieldMerge {
  /** Fields that are taken from the write. */
  readonly merged: readonly string[];
  /** Fields that both sides changed, and Mongo's change is the newer one. */
  readonly lost: readonly string[];
  /** Fields of Mongo's that the write overrules: both sides changed them, and the write is the newer one. */
  readonly overruled: readonly string[];
}

/** {@link FieldMerge}, and what has to be noted of it. */
export interface MergeDecision extends FieldMerge {
  /** Fields that held what the write says before it came, by an older change. */
  readonly confirmed: readonly string[];
  /** Up to where the writer really knew what Mongo has. */
  readonly known: number;
}

/**
 * Merges a Redis write into the image that it met. Pure. Fields that Mongo did not change since the writer last knew
 * everything that Mongo has (`known`) are taken; of a field that both changed, the newer change stands, at equal version
 * Mongo's. Nested objects are one field. A field that already holds what the write says is left alone: nothing is lost,
 * and nothing has to be written.
 */
export function mergeFields(entity: EntityDefinition, write: ChangeEvent, image: MongoImage): MergeDecision {
  const incoming = sharedFields(entity, fieldsOf(write));
  const present = sharedFields(entity, image.fields);
  const known = knownFields(write, image.fieldVersions);
  const merged: string[] = [];
  const lost: string[] = [];
  const overruled: string[] = [];
  const confirmed: string[] = [];
  const changed = changedFields(entity, write, image);
  for (const field of changed) {
    const last = lastChange(image.fieldVersions, field);
    if (sameValue(incoming[field], present[field])) {
      if ((last.made ?? last.at) < write.version) confirmed.push(field);
      continue;
    }
    const isSeen = hadSeenField(write, known, last);
    // Whether it removed what it did not name, or just had not seen it, nobody can tell.
    const isGuess = write.changed === undefined && !Object.hasOwn(incoming, field);
    if (!isSeen && (isGuess || (last.made ?? last.at) >= write.version)) {
      lost.push(field);
      continue;
    }
    merged.push(field);
    if (!isSeen) overruled.push(field);
  }
  return { merged, lost, overruled, confirmed, known };
}

/** Whether a Redis write – or one on top of it – has been merged into the document before. */
export function isMerged({ version }: Pick<ChangeEvent, 'version'>, { fieldVersions }: MongoImage): boolean {
  const { merged } = fieldVersions ?? {};
  return merged !== undefined && merged.claimed < version && version <= merged.made;
}

/** Up to where the writer knew what Mongo has: less than it claims where a merge in between has not been shown to it. */
export function knownFields(
  { base = 0, known = base }: ChangeEvent,
  versions: FieldVersions | undefined,
): number {
  const { merged } = versions ?? {};
  return merged && known < merged.at ? Math.min(known, merged.known) : known;
}

/** Whether the write was made in knowledge of a change: Redis showed it, or it was made on top of it. */
function hadSeenField(
  { base = 0, known: claimed = base }: ChangeEvent,
  known: number,
  { at, made = 0 }: LastChange,
) {
  return at <= known || (claimed < made && made <= base);
}

/** The top-level fields that differ between two sets of shared fields. */
export function differingFields(
  a: Readonly<Record<string, Json>>,
  b: Readonly<Record<string, Json>>,
): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (field) => !sameValue(a[field], b[field]),
  );
}

/** What a write that does not say what it changed may have changed: all that it has, and all that there is. */
function changedFields(entity: EntityDefinition, write: ChangeEvent, image: MongoImage): readonly string[] {
  const all = () => Object.keys({ ...image.fields, ...fieldsOf(write) });
  return (write.changed ?? all()).filter(
    (field) => field !== entity.keyField && fieldRole(entity, field) === 'shared',
  );
}

interface LastChange {
  /** The version at which Mongo got it. */
  readonly at: number;
  /** The Redis write that it is of. */
  readonly made?: number | undefined;
}

function lastChange(versions: FieldVersions | undefined, field: string): LastChange {
  if (!versions) return { at: 0 };
  const at = Object.hasOwn(versions.of, field) ? (versions.of[field] ?? 0) : 0;
  if (at < versions.all) return { at: versions.all };
  return {
    at,
    made: versions.made && Object.hasOwn(versions.made, field) ? versions.made[field] : undefined,
  };
}

function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}
