import type { ChangeEvent } from '../domain/change-event.js';
import type { Conflict } from '../domain/conflict.js';
import type { EntityDefinition } from '../domain/entity.js';
import { USERS } from '../domain/users.js';
import type { ApplyAttempt, ChangeDelivery, RecordResult, SettledDelivery } from '../ports/apply-targets.js';
import type { MongoImage } from '../domain/mongo-image.js';
import type { BurialRequest } from '../ports/mongo-authority.js';
import { applyToMongo } from './apply-to-mongo.js';

const event = (key: string, version: number, more: Partial<ChangeEvent> = {}): ChangeEvent => ({
  eventId: `redis:${key}:${version}`,
  entity: 'users',
  key,
  op: 'upsert',
  source: 'redis',
  version,
  payload: `{"email":"${key}","name":"Redis"}`,
  ...more,
});
const image = (key: string, version: number | null, more: Partial<MongoImage> = {}): MongoImage => ({
  id: `id-${key}`,
  key,
  version,
  source: 'mongo',
  deleted: false,
  fields: { email: key, name: 'Mongo' },
  ...more,
});

class Recorder {
  readonly calls: unknown[][] = [];
  readonly kept: Conflict[] = [];
  answers: (attempt: ApplyAttempt, lap: number) => RecordResult | undefined = () => ({ decision: 'apply' });
  private laps = 0;

  readonly records = {
    apply: (_entity: EntityDefinition, attempts: readonly ApplyAttempt[]) => {
      this.calls.push([
        'apply',
        ...attempts.map(({ entryId, over }) => (over === undefined ? entryId : [entryId, over])),
      ]);
      const lap = this.laps++;
      return Promise.resolve(attempts.map((attempt) => this.answers(attempt, lap)) as RecordResult[]);
    },
    settle: (settlements: readonly SettledDelivery[]) => {
      this.calls.push([
        'settle',
        ...settlements.map(({ delivery: { entryId }, outcome }) => [entryId, outcome]),
      ]);
      return Promise.resolve();
    },
  };
  readonly conflicts = {
    keep: (conflicts: readonly Conflict[]) => {
      this.calls.push(['keep', ...conflicts.map(({ key, how }) => `${key} ${how}`)]);
      this.kept.push(...conflicts);
      return Promise.resolve();
    },
  };
  readonly authority = {
    current: () => Promise.resolve(new Map<string, MongoImage>()),
    stamp: (_entity: EntityDefinition, requests: readonly unknown[]) => {
      this.calls.push(['stamp', ...requests]);
      return Promise.resolve();
    },
    tombstones: () => Promise.resolve(new Map<string, number>()),
    bury: (_entity: EntityDefinition, request: BurialRequest) => {
      this.calls.push(['bury', request]);
      return Promise.resolve('buried' as const);
    },
  };
  readonly journal = {
    known: (_entity: EntityDefinition, keys: readonly string[]) =>
      Promise.resolve(keys.map(() => ({ held: 30, inFlight: 5 }))),
  };
}

describe('applyToMongo', () => {
  let stores: Recorder;
  let entity: EntityDefinition;
  beforeEach(() => {
    stores = new Recorder();
    entity = USERS;
  });
  const run = (...events: ChangeEvent[]) =>
    applyToMongo(
      entity,
      events.map((one): ChangeDelivery => ({ entryId: `${one.key}-${one.version}`, event: one })),
      stores,
    );

  it('writes the newest of each record in one bulk, and settles everything at once', async () => {
    stores.answers = ({ event: { key } }) => ({ decision: key === 'a' ? 'apply' : 'same' });
    const report = await run(event('a', 10), event('b', 15), event('a', 20));
    expect(report).toEqual({ conflicts: [], refused: [] });
    expect(stores.calls).toEqual([
      ['apply', 'a-20', 'b-15'],
      ['settle', ['a-10', 'superseded'], ['a-20', 'applied'], ['b-15', 'duplicate']],
    ]);
  });

  it('I19: writes what the newest was not built on first', async () => {
    await run(event('a', 20, { base: 15 }), event('a', 10, { base: 0 }));
    expect(stores.calls).toEqual([
      ['apply', 'a-10'],
      ['apply', 'a-20'],
      ['settle', ['a-10', 'applied'], ['a-20', 'applied']],
    ]);
  });

  it('I14: leaves what Mongo refuses unsettled, and names it', async () => {
    stores.answers = ({ event: { key } }) =>
      key === 'a' ? { decision: 'refused', reason: 'validator' } : { decision: 'apply' };
    const { refused } = await run(event('a', 10), event('b', 10));
    expect(refused).toEqual([{ delivery: { entryId: 'a-10', event: event('a', 10) }, reason: 'validator' }]);
    expect(stores.calls.at(-1)).toEqual(['settle', ['b-10', 'applied']]);
  });

  it('does not take a missing result for anything', async () => {
    stores.answers = () => undefined;
    await expect(run(event('a', 10))).rejects.toThrow('no result for stream entry a-10');
    expect(stores.calls).toEqual([['apply', 'a-10']]);
  });

  describe('I19: what loses', () => {
    const loser = {
      version: 10,
      source: 'redis',
      updatedAt: 0,
      content: { email: 'a', name: 'Redis' },
    };

    it.each([
      ['against a newer one from Mongo', image('a', 20), 'newer-version'],
      ['in a tie', image('a', 10), 'mongo-preferred-at-equal-version'],
      [
        'in a tie with an edited copy',
        image('a', 10, { source: 'redis' }),
        'mongo-preferred-at-equal-version',
      ],
      ['against a later one of its own side', image('a', 20, { source: 'redis' }), 'overtaken'],
    ])('%s is kept before it is settled', async (_what, current, reason) => {
      stores.answers = () => ({ decision: 'stale', current });
      const { conflicts } = await run(event('a', 10));
      const { version, source } = current;
      const content = { email: 'a', name: 'Mongo' };
      const winner = { version, source, updatedAt: 0, content };
      expect(conflicts).toEqual([{ entity: 'users', key: 'a', reason, how: 'discarded', winner, loser }]);
      expect(stores.kept).toEqual(conflicts);
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['keep', 'a discarded'],
        ['settle', ['a-10', 'stale']],
      ]);
    });

    it('and is stored already is kept before it is overwritten', async () => {
      stores.answers = (_attempt, lap) =>
        lap === 0 ? { decision: 'concurrent', current: image('a', 7) } : { decision: 'apply' };
      const { conflicts } = await run(event('a', 10));
      expect(conflicts).toMatchObject([
        {
          reason: 'newer-version',
          how: 'overwritten',
          winner: { version: 10, source: 'redis' },
          loser: { version: 7, source: 'mongo', content: { name: 'Mongo' } },
        },
      ]);
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['keep', 'a overwritten'],
        ['apply', ['a-10', 7]],
        ['settle', ['a-10', 'applied']],
      ]);
    });

    it('is not settled, nor overwritten, when it cannot be kept', async () => {
      stores.answers = () => ({ decision: 'concurrent', current: image('a', 7) });
      stores.conflicts.keep = () => Promise.reject(new Error('down'));
      await expect(run(event('a', 10))).rejects.toThrow('down');
      expect(stores.calls).toEqual([['apply', 'a-10']]);
    });
  });

  it('I8: stamps a document without a version above what Redis holds, then compares again', async () => {
    stores.answers = (_attempt, lap) =>
      lap === 0
        ? { decision: 'unstamped', current: image('a', null) }
        : { decision: 'stale', current: image('a', 31) };
    const { conflicts } = await run(event('a', 10));
    expect(conflicts).toMatchObject([
      {
        reason: 'unstamped-write-in-mongo',
        how: 'discarded',
        winner: { version: 31 },
        loser: { version: 10 },
      },
    ]);
    expect(stores.calls).toEqual([
      ['apply', 'a-10'],
      ['stamp', { id: 'id-a', seen: null, floor: 30 }],
      ['apply', 'a-10'],
      ['keep', 'a discarded'],
      ['settle', ['a-10', 'stale']],
    ]);
  });

  describe('I23: under another policy', () => {
    it('a preferred Mongo’s older version is stamped above the write, which then loses', async () => {
      entity = { ...USERS, conflict: 'prefer-mongo' };
      stores.answers = (_attempt, lap) =>
        lap === 0
          ? { decision: 'concurrent', current: image('a', 7) }
          : { decision: 'stale', current: image('a', 40) };
      const { conflicts } = await run(event('a', 35));
      expect(conflicts).toMatchObject([{ reason: 'preferred-side', how: 'discarded' }]);
      expect(stores.calls).toEqual([
        ['apply', 'a-35'],
        ['stamp', { id: 'id-a', seen: 7, floor: 35, fields: [] }],
        ['apply', 'a-35'],
        ['keep', 'a discarded'],
        ['settle', ['a-35', 'stale']],
      ]);
    });

    it('a preferred Mongo’s delete is buried above the write', async () => {
      entity = { ...USERS, conflict: 'prefer-mongo' };
      const buried = image('a', 7, { id: null, deleted: true, fields: {} });
      stores.answers = (_attempt, lap) =>
        lap === 0 ? { decision: 'concurrent', current: buried } : { decision: 'apply' };
      await run(event('a', 10));
      expect(stores.calls).toContainEqual(['bury', { key: 'a', floor: 10, gone: 7 }]);
    });

    it('what was tried above both is compared as it came, when something else stands there by then', async () => {
      entity = { ...USERS, conflict: 'prefer-redis' };
      const stands = [image('a', 20), image('a', 10), image('a', 12, { source: 'redis' })];
      stores.answers = (_attempt, lap) => {
        const current = stands[lap];
        return current ? { decision: 'concurrent', current } : { decision: 'apply' };
      };
      await run(event('a', 10, { base: 9 }));
      // Above 20 in vain; 10 is Mongo’s, at its own version; then Redis itself is further.
      expect(stores.calls.filter(([name]) => name === 'apply')).toEqual([
        ['apply', 'a-10'],
        ['apply', ['a-10', 20]],
        ['apply', ['a-10', 10]],
      ]);
      expect(stores.calls.at(-1)).toEqual(['settle', ['a-10', 'stale']]);
    });

    it('I22: a merge that lost its place is decided again, and kept again', async () => {
      entity = { ...USERS, conflict: 'merge-fields' };
      stores.answers = (_attempt, lap) =>
        lap < 2 ? { decision: 'concurrent', current: image('a', 7 + lap) } : { decision: 'apply' };
      const { conflicts } = await run(event('a', 10, { base: 5, changed: ['name'] }));
      expect(conflicts.map(({ how, winner }) => [how, winner.version])).toEqual([
        ['merged', 7],
        ['merged', 8],
      ]);
    });
  });

  it('repeats only what is open', async () => {
    stores.answers = ({ event: { key } }, lap) => {
      if (lap > 0 || key === 'a') return { decision: 'apply' };
      return key === 'b'
        ? { decision: 'concurrent', current: image('b', 7) }
        : { decision: 'unstamped', current: image('c', null) };
    };
    await run(event('a', 10), event('b', 10), event('c', 10));
    expect(stores.calls.filter((call) => (call as string[])[0] === 'apply')).toEqual([
      ['apply', 'a-10', 'b-10', 'c-10'],
      ['apply', ['b-10', 7], 'c-10'],
    ]);
  });

  it('gives up for now on a record that changes faster than it is read', async () => {
    let laps = 0;
    stores.answers = () => ({ decision: 'concurrent', current: image('a', ++laps) });
    const { refused } = await run(event('a', 1_000));
    expect(refused).toMatchObject([
      { reason: 'the record changes in MongoDB faster than it can be compared' },
    ]);
    expect(laps).toBe(32);
    expect(stores.calls.at(-1)).toEqual(['settle']);
  });
});
