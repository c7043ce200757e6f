import { buildsOn, hadSeen } from '../domain/ancestry.js';
import type { ChangeEvent } from '../domain/change-event.js';
import type { ChangeDelivery } from '../ports/apply-targets.js';
import { collapse } from './collapse.js';

function event(key: string, version: number, seen: Pick<ChangeEvent, 'base' | 'known'> = {}): ChangeEvent {
  const eventId = `redis:${key}:${version}`;
  return { eventId, entity: 'users', key, op: 'upsert', source: 'redis', version, payload: '{}', ...seen };
}

const delivery = (...args: Parameters<typeof event>): ChangeDelivery => ({
  entryId: `${args[1]}-0`,
  event: event(...args),
});
const versionsOf = (deliveries: readonly ChangeDelivery[]) =>
  deliveries.map(({ event: { version } }) => version);

describe('a batch is reduced to the newest delivery of each record', () => {
  it('takes the newest of a chain, and counts the others as superseded', () => {
    const chain = [
      delivery('a', 10, { base: 0 }),
      delivery('a', 20, { base: 10, known: 0 }),
      delivery('b', 15, { base: 3 }),
      delivery('a', 30, { base: 20, known: 0 }),
    ];
    for (const batch of [chain, [...chain].reverse()]) {
      const { rounds, superseded } = collapse(batch);
      expect(rounds.map((round) => [...versionsOf(round)].sort())).toEqual([[15, 30]]);
      expect([...versionsOf(superseded)].sort()).toEqual([10, 20]);
    }
  });

  it('I19: puts what the newest was not built on into an earlier round', () => {
    // 10 was written, then 15 came from Mongo and took its place, and 20 was written on top of that.
    const { rounds, superseded } = collapse([
      delivery('a', 20, { base: 15 }),
      delivery('a', 10, { base: 0 }),
    ]);
    expect(rounds.map(versionsOf)).toEqual([[10], [20]]);
    expect(superseded).toEqual([]);
  });

  it('I19: a write that lost a tie is not what the next one was built on', () => {
    expect(buildsOn(event('a', 20, { base: 10 }), event('a', 10))).toBe(false);
    expect(buildsOn(event('a', 20, { base: 10, known: 9 }), event('a', 10))).toBe(true);
  });

  it('I19: a write that Redis had lost again is not what the next one was built on', () => {
    const next = event('a', 30, { base: 20, known: 5 });
    expect([5, 6, 20, 21].map((version) => buildsOn(next, event('a', version)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('takes entries that do not say what they knew as it always did', () => {
    const { rounds, superseded } = collapse([delivery('a', 10), delivery('a', 30), delivery('a', 20)]);
    expect(rounds.map(versionsOf)).toEqual([[30]]);
    expect([...versionsOf(superseded)].sort()).toEqual([10, 20]);
  });

  it('takes an entry that is delivered twice once', () => {
    const twice = { ...delivery('a', 10, { base: 0 }), entryId: '11-0' };
    const { rounds, superseded } = collapse([delivery('a', 10, { base: 0 }), twice]);
    expect(rounds).toHaveLength(1);
    expect(superseded).toHaveLength(1);
  });
});

describe('I19: what a Redis write had seen', () => {
  const mongo = (version: number) => ({ version, source: 'mongo' }) as const;
  const redis = (version: number) => ({ version, source: 'redis' }) as const;
  const onMongo = event('a', 30, { base: 20 });
  const onRedis = event('a', 30, { base: 20, known: 19 });
  const inChain = event('a', 30, { base: 20, known: 5 });

  it.each([
    ['what Redis held, from Mongo', onMongo, mongo(20), true],
    ['what came before it', onMongo, mongo(19), true],
    ['what Mongo got later', onMongo, mongo(21), false],
    ['a Redis write that was settled', onRedis, redis(20), true],
    ['the winner of a tie with it', onRedis, mongo(20), false],
    ['a Redis write in flight', inChain, redis(20), true],
    ['one that is older, and has been applied', inChain, redis(10), true],
    ['a Mongo write beside the chain', inChain, mongo(10), false],
    ['a Redis write that Redis no longer held', inChain, redis(21), false],
    ['anything, when the entry does not say', event('a', 30), mongo(29), true],
  ])('%s', (_, write, stored, seen) => {
    expect(hadSeen(write, stored)).toBe(seen);
  });
});
