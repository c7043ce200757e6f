import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import type { Source } from '../domain/stamp.js';
import { USERS } from '../domain/users.js';
import type { ChangeDelivery, ProjectionResult, SettledDelivery, TieWrite } from '../ports/apply-targets.js';
import type { KnownVersions } from '../ports/capture-journal.js';
import type { MongoImage } from '../domain/mongo-image.js';
import { applyToRedis } from './apply-to-redis.js';

const event = (key: string, version: number, more: Partial<ChangeEvent> = {}): ChangeEvent => ({
  eventId: `mongo:${key}:${version}`,
  entity: 'users',
  key,
  op: 'upsert',
  source: 'mongo',
  version,
  payload: `{"email":"${key}","name":"Ada"}`,
  ...more,
});
const delivery = (one: ChangeEvent): ChangeDelivery => ({ entryId: `${one.key}-${one.version}`, event: one });
const image = (key: string, version: number | null, more: Partial<MongoImage> = {}): MongoImage => ({
  id: `id-${key}`,
  key,
  version,
  source: 'mongo',
  deleted: false,
  fields: { email: key, name: 'Ada' },
  ...more,
});
const stale = (version: number, source: Source = 'mongo'): ProjectionResult => ({
  decision: 'stale',
  settled: false,
  winner: { version, source },
});
/** At version 10, as all events of these tests. */
const merge = (payload: string | null, source: Source = 'mongo'): ProjectionResult => ({
  decision: 'merge',
  settled: false,
  held: { version: 10, source, payload, text: `text of ${payload}` },
});

class Recorder {
  readonly calls: unknown[][] = [];
  readonly inMongo = new Map<string, MongoImage>();
  /** One list per call of `apply`. */
  readonly results: ProjectionResult[][] = [];

  readonly projections = {
    apply: (_entity: EntityDefinition, deliveries: readonly ChangeDelivery[]) => {
      this.calls.push(['apply', ...deliveries.map(({ entryId }) => entryId)]);
      return Promise.resolve(this.results.shift() ?? []);
    },
    applyOver: (_entity: EntityDefinition, writes: readonly TieWrite[]) => {
      this.calls.push(['applyOver', ...writes.map(({ entryId, over }) => [entryId, over])]);
      this.applied = writes;
      return Promise.resolve(this.results.shift() ?? []);
    },
    settle: (settlements: readonly SettledDelivery[]) => {
      this.calls.push([
        'settle',
        ...settlements.map(({ delivery: { entryId }, outcome }) => [entryId, outcome]),
      ]);
      return Promise.resolve();
    },
    reEmitAnew: (_entity: EntityDefinition, key: string, version: number) => {
      this.calls.push(['reEmitAnew', key, version]);
      return Promise.resolve();
    },
    reEmit: (_entity: EntityDefinition, key: string) => {
      this.calls.push(['reEmit', key]);
      return Promise.resolve();
    },
  };
  readonly authority = {
    current: (_entity: EntityDefinition, keys: readonly string[]) => {
      this.calls.push(['current', ...keys]);
      return Promise.resolve(this.inMongo);
    },
    stamp: (_entity: EntityDefinition, requests: readonly unknown[]) => {
      this.calls.push(['stamp', ...requests]);
      return Promise.resolve();
    },
    tombstones: () => Promise.resolve(new Map<string, number>()),
    bury: () => Promise.resolve('buried' as const),
  };
  readonly journal = {
    known: (_entity: EntityDefinition, keys: readonly string[]): Promise<readonly KnownVersions[]> =>
      Promise.resolve(keys.map(() => ({ held: 7, inFlight: 3 }))),
  };
  applied: readonly ChangeDelivery[] = [];
}

describe('applyToRedis', () => {
  let stores: Recorder;
  beforeEach(() => {
    stores = new Recorder();
  });
  const run = (events: readonly ChangeEvent[], ...results: ProjectionResult[][]) => {
    stores.results.push(...results);
    return applyToRedis(USERS, events.map(delivery), stores);
  };

  it('leaves it at one step when the script settled everything', async () => {
    await run(
      [event('a', 10), event('b', 10), event('c', 10)],
      [
        { decision: 'apply', settled: true, before: null },
        { decision: 'echo', settled: true },
        { decision: 'duplicate', settled: true },
      ],
    );
    expect(stores.calls).toEqual([['apply', 'a-10', 'b-10', 'c-10']]);
  });

  it('does not take a missing result for anything', async () => {
    await expect(run([event('a', 10)], [])).rejects.toThrow('no result for stream entry a-10');
  });

  describe('I8: a stale image', () => {
    it.each([
      ['Mongo was set back', image('a', 19), true],
      ['Mongo has nothing', undefined, true],
      ['Mongo has Redis’s version', image('a', 20), false],
      ['Mongo is ahead', image('a', 30), false],
      ['Mongo’s document has no version: it will get one', image('a', null), false],
    ])('%s', async (_what, inMongo, reEmitted) => {
      if (inMongo) stores.inMongo.set('a', inMongo);
      await run([event('a', 10)], [stale(20)]);
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['current', 'a'],
        ...(reEmitted ? [['reEmitAnew', 'a', 20]] : []),
        ['settle', ['a-10', 'stale']],
      ]);
    });

    it('makes Redis emit its own write again, too', async () => {
      await run([event('a', 10)], [stale(20, 'redis')]);
      expect(stores.calls.slice(2)).toEqual([
        ['reEmitAnew', 'a', 20],
        ['settle', ['a-10', 'stale']],
      ]);
    });

    it('is settled only after Redis’s record is re-emitted', async () => {
      stores.projections.reEmitAnew = () => Promise.reject(new Error('down'));
      await expect(run([event('a', 10)], [stale(20)])).rejects.toThrow('down');
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['current', 'a'],
      ]);
    });
  });

  describe('I7: another content at the same version', () => {
    const others = '{"email":"a","name":"Eve"}';
    const same = '{"email":"a","name":"Ada"}';
    const applied: ProjectionResult = { decision: 'apply', settled: true, before: null };

    it('writes Mongo’s image where only what Mongo owns differs', async () => {
      stores.inMongo.set('a', image('a', 10, { fields: { email: 'a', name: 'Ada', wallet: 5 } }));
      await run([event('a', 10)], [merge('{"email":"a","name":"Ada","wallet":3}')], [applied]);
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['current', 'a'],
        ['applyOver', ['a-10', 'text of {"email":"a","name":"Ada","wallet":3}']],
        ['settle'],
      ]);
      expect(stores.applied[0]?.event).toMatchObject({
        version: 10,
        payload: '{"email":"a","name":"Ada","wallet":5}',
      });
    });

    it('stamps Mongo’s document where a shared field differs', async () => {
      stores.inMongo.set('a', image('a', 10));
      await run([event('a', 10)], [merge(others)]);
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['current', 'a'],
        ['stamp', { id: 'id-a', seen: 10, floor: 7, fields: ['name'] }],
        ['settle', ['a-10', 'superseded']],
      ]);
    });

    it('writes Mongo’s image in a tie of both sides’ clients', async () => {
      stores.inMongo.set('a', image('a', 10));
      await run([event('a', 10)], [merge(others, 'redis')], [applied]);
      expect(stores.calls).toContainEqual(['applyOver', ['a-10', `text of ${others}`]]);
    });

    it('does not take an outsider’s edit of a Redis write for a tie', async () => {
      stores.inMongo.set('a', image('a', 10, { source: 'redis' }));
      await run([event('a', 10)], [merge(others, 'redis')]);
      expect(stores.calls).toContainEqual(['stamp', { id: 'id-a', seen: 10, floor: 7, fields: ['name'] }]);
    });

    it('is superseded when Mongo has another version by now', async () => {
      for (const version of [11, 9, null]) {
        stores = new Recorder();
        stores.inMongo.set('a', image('a', version));
        await run([event('a', 10)], [merge(same)]);
        expect(stores.calls.slice(2)).toEqual([['settle', ['a-10', 'superseded']]]);
      }
    });

    it('is written as it came when Mongo has no document any more', async () => {
      await run([event('a', 10)], [merge(others)], [applied]);
      expect(stores.calls.slice(2)).toEqual([['applyOver', ['a-10', `text of ${others}`]], ['settle']]);
    });

    it.each([
      ['a deleted record on both sides', null, image('a', 10, { id: null, deleted: true, fields: {} }), true],
      ['a tombstone in Mongo only', same, image('a', 10, { id: null, deleted: true, fields: {} }), true],
      ['deleted in Redis only', null, image('a', 10), false],
      ['a text in Redis that is none of ours', '{"email":', image('a', 10), true],
      ['another order of fields', '{"name":"Ada","email":"a"}', image('a', 10), true],
    ])('with %s', async (_what, stored, inMongo, writes) => {
      stores.inMongo.set('a', inMongo);
      await run([event('a', 10)], [merge(stored)], [applied]);
      const steps = stores.calls.map((call) => (call as string[])[0]);
      expect(steps.includes('stamp')).toBe(!writes);
      expect(stores.calls).toContainEqual(writes ? ['settle'] : ['settle', ['a-10', 'superseded']]);
    });

    it('looks at both again when Redis holds another text by then', async () => {
      stores.inMongo.set('a', image('a', 10, { fields: { email: 'a', name: 'Ada', wallet: 5 } }));
      const held = '{"email":"a","name":"Ada","wallet":4}';
      await run([event('a', 10)], [merge(same)], [merge(held)], [applied]);
      expect(stores.calls).toEqual([
        ['apply', 'a-10'],
        ['current', 'a'],
        ['applyOver', ['a-10', `text of ${same}`]],
        ['current', 'a'],
        ['applyOver', ['a-10', `text of ${held}`]],
        ['settle'],
      ]);
    });

    it('is left pending when Redis never holds still', async () => {
      stores.inMongo.set('a', image('a', 10));
      await run([event('a', 10)], ...Array.from({ length: 40 }, () => [merge(same)]));
      expect(stores.calls.filter(([name]) => name === 'applyOver')).toHaveLength(16);
      expect(stores.calls.at(-1)).toEqual(['settle']);
    });

    it('is stale when Redis has moved on meanwhile', async () => {
      stores.inMongo.set('a', image('a', 10)).set('b', image('b', 10));
      await run(
        [event('a', 10), event('b', 10)],
        [merge(same), merge('{"email":"b","name":"Ada"}')],
        [applied, stale(20)],
      );
      expect(stores.calls.at(-1)).toEqual(['settle', ['b-10', 'stale']]);
    });

    it('is not settled when the second write has no result for it', async () => {
      stores.inMongo.set('a', image('a', 10));
      await run([event('a', 10)], [merge(same)], []);
      expect(stores.calls.slice(2)).toEqual([['applyOver', ['a-10', `text of ${same}`]], ['settle']]);
    });

    it('is settled together with what is stale', async () => {
      stores.inMongo.set('a', image('a', 30)).set('b', image('b', 11));
      await run([event('a', 10), event('b', 10)], [stale(20), merge(same)]);
      expect(stores.calls).toEqual([
        ['apply', 'a-10', 'b-10'],
        ['current', 'a'],
        ['current', 'b'],
        ['settle', ['a-10', 'stale'], ['b-10', 'superseded']],
      ]);
    });
  });
});
