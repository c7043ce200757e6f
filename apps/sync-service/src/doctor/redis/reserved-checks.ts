import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, EVENT_FIELD, parseRecord, type EntityDefinition } from '@redis-mongo-sync/sync-core';
import type { Redis } from 'ioredis';
import type { CheckContext } from '../check-context.js';
import { EXAMPLES, type Found } from '../finding.js';
import { shownName } from '../shown.js';

/** Names that the product gives itself, and the type of what it keeps there. */
function ownNames(entity: EntityDefinition): ReadonlyMap<string, string> {
  return new Map([
    ...DIRECTIONS.flatMap((direction): [string, string][] => [
      [KEYS.stream(direction), 'stream'],
      [KEYS.deadLetters(direction), 'stream'],
      [KEYS.inFlight(direction), 'hash'],
      [KEYS.ledger(direction), 'hash'],
    ]),
    [KEYS.processed, 'set'],
    [KEYS.processedPrevious, 'set'],
    [KEYS.processedSince, 'string'],
    [KEYS.capturePosition, 'string'],
    [KEYS.captureLease, 'string'],
    [KEYS.doubts, 'hash'],
    [KEYS.index(entity), 'zset'],
  ]);
}

/** Whether other programs use names that the product reserves. */
export async function reservedChecks(context: CheckContext): Promise<readonly Found[]> {
  const taken = await takenNames(context);
  const foreignStreams = await Promise.all(
    DIRECTIONS.map((direction) => isForeignStream(context.redis, KEYS.stream(direction))),
  );
  const strange = [
    ...taken,
    ...DIRECTIONS.map((direction) => KEYS.stream(direction)).filter((_, index) => foreignStreams[index]),
  ];
  const tombstones = await foreignTombstones(context);
  const name = 'reserved names';
  const mend = ['redis-cli: RENAME <key> <another name>, and let its program use that'];
  const first: Found =
    strange.length === 0
      ? {
          name,
          verdict: 'fine',
          says: "mongo_changes, redis_changes, processed_events, sync:… and index:… are free, or the product's",
        }
      : {
          name,
          verdict: 'mend',
          says: "another program's",
          count: strange.length,
          examples: strange.slice(0, EXAMPLES).map((one) => JSON.stringify(one)),
          mend,
        };
  if (tombstones.count === 0) return [first];
  return [
    first,
    { name: 'tombstones', verdict: 'mend', says: 'no tombstones of the product', ...tombstones, mend },
  ];
}

/** Own names under which something of another type lies. */
async function takenNames({ redis, entity }: CheckContext): Promise<readonly string[]> {
  const names = [...ownNames(entity)];
  const types = await Promise.all(names.map(([name]) => redis.type(name)));
  return names.flatMap(([name, expected], index) => {
    const type = types[index];
    return type === 'none' || type === expected ? [] : [name];
  });
}

/** A stream whose newest entry is no change event. */
async function isForeignStream(redis: Redis, stream: string): Promise<boolean> {
  if ((await redis.type(stream)) !== 'stream') return false;
  const [entry] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
  return entry !== undefined && entry[1][0] !== EVENT_FIELD;
}

const PAGE = 1_000;

async function foreignTombstones({ redis, entity, effort, signal }: CheckContext) {
  const pattern = `tombstone:${entity.keyTemplate.replace('{key}', '*')}`;
  const before = pattern.slice(0, pattern.indexOf('*'));
  const examples: string[] = [];
  let [cursor, scanned, count] = ['0', 0, 0];
  do {
    const [next, names] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
    const texts = names.length === 0 ? [] : await redis.mget(names);
    const types = await Promise.all(names.map((name) => redis.type(name)));
    const foreign = names.filter((_, index) => types[index] !== 'none' && !isTombstone(texts[index] ?? null));
    count += foreign.length;
    examples.push(...foreign.slice(0, EXAMPLES - examples.length).map((name) => shownName(name, before)));
    cursor = next;
    scanned += PAGE;
  } while (cursor !== '0' && !signal.aborted && scanned < effort.keys);
  return { count, examples };
}

const STAMP = /^\{"_sync":\{"version":\d+,"source":"(mongo|redis)"/;

function isTombstone(text: string | null): boolean {
  return text !== null && (STAMP.test(text) || parseRecord(text)?.payload === null);
}
