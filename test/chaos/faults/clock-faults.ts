import { readLua } from '@redis-mongo-sync/redis-streams';
import { KEYS, scriptFile, SCRIPTS } from '@redis-mongo-sync/sync-adapters';
import { canonicalJson, TICKS_PER_MS, USERS } from '@redis-mongo-sync/sync-core';
import type { Document } from 'mongodb';
import { sentText } from '../load/http-client.js';
import { keys, type Operation } from '../load/operation.js';
import { nothing, type Fault, type FaultContext, type Heal } from './fault.js';

/** Within what the sync accepts (60 s), beyond what it alerts on (5 s). */
const AHEAD_MS = 20_000;
const WRITES = 10;

/*
 * The clock of a server cannot be turned from outside. What a clock that is ahead does is done instead: the product's
 * own write, inside the store, with a later time; the writes of all other clients meet its versions.
 */
export const CLOCK_FAULTS: readonly Fault[] = [
  { kind: 'clock-redis-ahead', family: 'clock', hold: [0, 0], strike: redisAhead },
  { kind: 'clock-mongo-ahead', family: 'clock', hold: [0, 0], strike: mongoAhead },
];

async function redisAhead({ world, random, told, now }: FaultContext): Promise<Heal> {
  const script = writeAhead();
  for (let n = 0; n < WRITES; n++) {
    const operation = aheadWrite('redis-first', keys.hot(random.below(8)), `r${Math.round(now())}-${n}`);
    told.begin(operation, now());
    const { key, set } = operation;
    const reply = await world.redis.eval(
      script,
      7,
      ...[KEYS.record(USERS, key), KEYS.tombstone(USERS, key), KEYS.stream('redis-to-mongo')],
      ...[KEYS.inFlight('redis-to-mongo'), KEYS.ledger('redis-to-mongo'), KEYS.index(USERS)],
      KEYS.operation(operation.name),
      ...[
        USERS.name,
        key,
        'upsert',
        canonicalJson({ email: key, ...set }),
        '',
        '604800000',
        '0',
        '60',
        '',
        '',
      ],
    );
    const result = SCRIPTS.writeRecord.decode(reply);
    if (result.outcome === 'conflict') throw new Error('an unconditional write met a conflict');
    const text = sentText({ email: key, ...set });
    told.acknowledge({ operation, source: 'redis', version: result.version, text, at: now() });
  }
  return nothing;
}

/** The text of `write-record.lua` with a clock that is ahead. */
function writeAhead(): string {
  const text = readLua(scriptFile('write-record'));
  const ahead = text.replace('tonumber(time[1]) * 1000', `(tonumber(time[1]) * 1000 + ${AHEAD_MS})`);
  if (ahead === text) throw new Error('write-record.lua reads the clock in another way');
  return ahead;
}

async function mongoAhead({ world, random, told, now }: FaultContext): Promise<Heal> {
  for (let n = 0; n < WRITES; n++) {
    const operation = aheadWrite('mongo-first', keys.hot(random.below(8)), `m${Math.round(now())}-${n}`);
    told.begin(operation, now());
    const { key, set } = operation;
    const ahead = { $multiply: [{ $add: [{ $toDouble: '$$NOW' }, AHEAD_MS] }, TICKS_PER_MS] };
    const version = { $max: [ahead, { $add: [{ $ifNull: ['$_sync.version', 0] }, 1] }] };
    const after = await world.users.findOneAndUpdate(
      { email: key },
      [
        {
          $replaceWith: {
            $mergeObjects: [
              { _id: '$_id' },
              { $literal: { email: key, ...set } },
              { _sync: { version, source: 'mongo' } },
            ],
          },
        },
      ],
      { upsert: true, returnDocument: 'after', writeConcern: { w: 'majority' } },
    );
    const text = sentText({ email: key, ...set });
    told.acknowledge({
      operation,
      source: 'mongo',
      version: Number((after?._sync as Document | undefined)?.version),
      text,
      at: now(),
    });
  }
  return nothing;
}

function aheadWrite(via: 'redis-first' | 'mongo-first', key: string, name: string): Operation {
  const set = { name: 'From the future', op: name };
  return { name, via, kind: 'replace', key, set, repeat: false, delta: 0 };
}
