import type { Conflict, ConflictSide, FieldMerge } from '@redis-mongo-sync/sync-core';

/** One to three sentences for a person: which write won, why, and what became of the other one. */
export function explainConflict({ reason, how, winner, loser, fields }: Conflict): string {
  const [lost, won] = namesOf(loser, winner);
  switch (reason) {
    case 'newer-version':
      return how === 'overwritten'
        ? `${lost} lost to ${won}, which overwrote it in MongoDB: ${HIGHER_WINS}.`
        : `${lost} lost to ${won}, which MongoDB held already when it arrived: ${HIGHER_WINS}.`;
    case 'mongo-preferred-at-equal-version':
      return `${lost} lost to ${won}: both have version ${loser.version}, and at equal version MongoDB's wins; ${UNAWARE}.`;
    case 'merged':
      return `${lost} and ${won} were merged, field by field; ${UNAWARE}. ${explainMerge(fields)}`;
    case 'preferred-side':
      return (
        `${lost} lost to ${won}: of writes that were made without knowing of each other, the one from ` +
        `${STORE[winner.source]} stands, whichever is newer.`
      );
    case 'unstamped-write-in-mongo':
      return (
        `${lost} lost to ${won}, made by somebody who knows nothing of versions (mongosh, another service, a ` +
        `restore): what is found there wins, and was then given a version above everything known.`
      );
    case 'overtaken':
      return (
        `${lost} arrived after ${won} had overtaken it. Nearly always the later write was made on top of it and ` +
        `nothing is lost; it is kept because that can no longer be told.`
      );
  }
}

/** Of the fields that the Redis write had changed. */
function explainMerge({ merged, lost, overruled }: FieldMerge = NO_FIELDS): string {
  const taken = merged.filter((field) => !overruled.includes(field));
  const sentences = [
    taken.length > 0 && `Taken from the Redis-first write: ${named(taken)}.`,
    overruled.length > 0 &&
      `Changed on both sides, and the Redis-first change is newer: ${named(overruled)}.`,
    lost.length > 0 && `Changed on both sides, and MongoDB's change is newer: ${named(lost)}.`,
    overruled.length + lost.length === 0 && 'Nothing was lost.',
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

const NO_FIELDS: FieldMerge = { merged: [], lost: [], overruled: [] };
/** Field names that are named; a record may have a thousand. */
const MAX_NAMED = 20;

function named(fields: readonly string[]): string {
  const more = fields.length - MAX_NAMED;
  const names = fields.slice(0, MAX_NAMED).map((field) => `\`${field}\``);
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const UNAWARE = 'both were made without knowing of each other';
const HIGHER_WINS = `higher version wins; ${UNAWARE}`;
const STORE = { mongo: 'MongoDB', redis: 'Redis' } as const;

/** Two writes within one millisecond are told apart by their versions. */
function namesOf(loser: ConflictSide, winner: ConflictSide): [string, string] {
  const exact = loser.updatedAt === winner.updatedAt && loser.source === winner.source;
  const [lost, won] = [nameOf(loser, exact), nameOf(winner, exact)];
  return [`The ${lost}`, `the ${won}`];
}

function nameOf({ source, version, updatedAt, content, ...rest }: ConflictSide, exact: boolean): string {
  const deleted = content === null && !('omittedBytes' in rest);
  const what = `${source === 'redis' ? 'Redis-first' : 'Mongo-first'} ${deleted ? 'delete' : 'write'}`;
  if (version === null || updatedAt === null)
    return `${deleted ? 'delete' : 'write'} in MongoDB without a version`;
  const at = new Date(updatedAt).toISOString();
  return exact ? `${what} of ${at} (version ${version})` : `${what} of ${at}`;
}
