import type { Conflict, ConflictSide } from '@redis-mongo-sync/sync-core';

/** One or two sentences for a person: which write won, why, and what became of the other one. */
export function explainConflict({ reason, how, winner, loser }: Conflict): string {
  const [lost, won] = namesOf(loser, winner);
  switch (reason) {
    case 'newer-version':
      return how === 'overwritten'
        ? `${lost} lost to ${won}, which overwrote it in MongoDB: ${HIGHER_WINS}.`
        : `${lost} lost to ${won}, which MongoDB held already when it arrived: ${HIGHER_WINS}.`;
    case 'mongo-preferred-at-equal-version':
      return `${lost} lost to ${won}: both have version ${loser.version}, and at equal version MongoDB's wins; ${UNAWARE}.`;
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

const UNAWARE = 'both were made without knowing of each other';
const HIGHER_WINS = `higher version wins; ${UNAWARE}`;

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
