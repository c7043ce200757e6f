import type { ChangeEvent } from '../domain/change-event.js';
import type { EntityDefinition } from '../domain/entity.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import { USERS } from '../domain/users.js';
import type { KnownVersions, Publication, PublishResult } from '../ports/capture-journal.js';
import type { MongoChange, PreviousRecord } from '../ports/change-feed.js';
import type { BurialRequest } from '../ports/mongo-authority.js';
import type { UnsyncableDocument } from '../ports/unsyncable-log.js';
import { captureChanges } from './capture-changes.js';
import { stampAbove } from './stamp-above.js';

const ADMINS: EntityDefinition = { ...USERS, name: 'admins', filter: ({ active }) => active === true };
const BEFORE = { feed: 'before' };
const BEHIND = { feed: 'behind' };

const image = (key: string, version: number | null, more: Partial<MongoImage> = {}): MongoImage => ({
  id: `id-${key}`,
  key,
  version,
  source: 'mongo',
  deleted: false,
  fields: { email: key, name: 'Ada' },
  ...more,
});
const written = (
  one: MongoImage,
  previous?: PreviousRecord,
  entity: EntityDefinition = USERS,
): MongoChange => ({
  kind: 'written',
  entity,
  image: one,
  ...(previous === undefined ? {} : { previous }),
});
const erased = (last: MongoImage | null): MongoChange => ({
  kind: 'erased',
  entity: USERS,
  id: last ? last.id : 'id-x',
  last,
});
const grave = (key: string, version: number) => image(key, version, { id: null, deleted: true, fields: {} });

/** Stores that remember, in order, what was asked of them. */
class Recorder {
  readonly calls: unknown[] = [];
  readonly knowledge: Record<string, KnownVersions> = {};
  readonly inMongo = new Map<string, MongoImage>();
  readonly answers: PublishResult[] = [];
  readonly stones = new Map<string, number>();

  readonly journal = {
    known: (entity: EntityDefinition, keys: readonly string[]) => {
      this.calls.push(['known', entity.name, ...keys]);
      return Promise.resolve(keys.map((key) => this.knowledge[key] ?? { held: 0, inFlight: 0 }));
    },
    publish: ({ expected, next, events }: Publication) => {
      this.calls.push([
        'publish',
        expected?.feed ?? null,
        next.feed,
        ...events.map(({ eventId }) => eventId),
      ]);
      return Promise.resolve(this.answers.shift() ?? { outcome: 'published' as const });
    },
  };
  readonly authority = {
    current: (entity: EntityDefinition, keys: readonly string[]) => {
      this.calls.push(['current', entity.name, ...keys]);
      return Promise.resolve(this.inMongo);
    },
    stamp: (entity: EntityDefinition, requests: readonly unknown[]) => {
      this.calls.push(['stamp', entity.name, ...requests]);
      return Promise.resolve();
    },
    tombstones: (entity: EntityDefinition, keys: readonly string[]) => {
      if (this.verbose) this.calls.push(['tombstones', entity.name, ...keys]);
      return Promise.resolve(this.stones);
    },
    bury: (entity: EntityDefinition, { key, floor, gone }: BurialRequest) => {
      this.calls.push(['bury', entity.name, key, { floor, gone }]);
      return Promise.resolve('buried' as const);
    },
  };
  readonly unsyncable = {
    note: (documents: readonly UnsyncableDocument[]) => {
      this.calls.push(['note', ...documents.map(({ id, reason }) => `${id} ${reason}`)]);
      return Promise.resolve();
    },
    strike: (documents: readonly { readonly id: string }[]) => {
      if (this.verbose) this.calls.push(['strike', ...documents.map(({ id }) => id)]);
      return Promise.resolve();
    },
  };
  /** Whether looks at the tombstones and the list are remembered. */
  verbose = false;
}

const run = (stores: Recorder, changes: readonly MongoChange[]) =>
  captureChanges({ changes, expected: BEFORE, next: BEHIND }, stores);
const publishing = (...ids: string[]) => ['publish', 'before', 'behind', ...ids];

describe('captureChanges', () => {
  it('C7: publishes versioned writes, in order, with the position behind them', async () => {
    const stores = new Recorder();
    const changes = [written(image('a', 10)), written(image('b', 20, { source: 'redis' }))];
    const result = await run(stores, changes);
    expect(result).toEqual({
      outcome: 'published',
      events: [
        eventFromImage(USERS, image('a', 10), 10),
        eventFromImage(USERS, image('b', 20, { source: 'redis' }), 20),
      ],
    });
    expect(stores.calls).toEqual([publishing('mongo:a:10', 'mongo:b:20')]);
  });

  it('moves the position when nothing happened', async () => {
    const stores = new Recorder();
    expect(await captureChanges({ changes: [], expected: null, next: BEHIND }, stores)).toEqual({
      outcome: 'published',
      events: [],
    });
    expect(stores.calls).toEqual([['publish', null, 'behind']]);
  });

  it('says that it is fenced, and publishes nothing more', async () => {
    const stores = new Recorder();
    stores.answers.push({ outcome: 'fenced' });
    expect(await run(stores, [written(image('a', 10))])).toEqual({ outcome: 'fenced' });
    expect(stores.calls).toHaveLength(1);
  });

  it('I8: stamps documents without a version, once each, above what Redis holds and what flies; no event', async () => {
    const stores = new Recorder();
    stores.knowledge.a = { held: 30, inFlight: 40 };
    stores.knowledge.b = { held: 50, inFlight: 7 };
    const changes = ['a', 'b', 'a'].map((key) => written(image(key, null)));
    expect(await run(stores, changes)).toEqual({ outcome: 'published', events: [] });
    expect(stores.calls).toEqual([
      ['known', 'users', 'a', 'b'],
      ['stamp', 'users', { id: 'id-a', seen: null, floor: 40 }, { id: 'id-b', seen: null, floor: 50 }],
      publishing(),
    ]);
  });

  it('I8: buries the old key of a renamed record, above what Redis knows of it', async () => {
    const stores = new Recorder();
    stores.knowledge.old = { held: 5, inFlight: 9 };
    await run(stores, [written(image('new', 10), { key: 'old', version: 3 })]);
    expect(stores.calls).toEqual([
      ['known', 'users', 'old'],
      ['bury', 'users', 'old', { floor: 9, gone: 3 }],
      ['known', 'users', 'new'],
      publishing('mongo:new:10'),
    ]);
  });

  it('buries the old key of a renamed record without a version, too', async () => {
    const stores = new Recorder();
    await run(stores, [written(image('new', null), { key: 'old', version: null })]);
    expect(stores.calls.map((call) => (call as string[])[0])).toEqual([
      'known',
      'bury',
      'known',
      'stamp',
      'publish',
    ]);
  });

  it('buries nothing where the product did: the tombstone says already that what is gone is gone', async () => {
    const stores = new Recorder();
    stores.stones.set('old', 11);
    stores.knowledge.old = { held: 10, inFlight: 11 };
    await run(stores, [written(image('new', 12), { key: 'old', version: 10 })]);
    expect(stores.calls).toEqual([['known', 'users', 'new'], publishing('mongo:new:12')]);
  });

  it.each([
    ['Redis holds', { held: 20, inFlight: 0 }, 0],
    ['is in flight', { held: 0, inFlight: 20 }, 0],
    ['is buried', { held: 0, inFlight: 0 }, 20],
  ])('I8: stamps a moved document that is below what %s under its new key', async (_what, known, buried) => {
    const stores = new Recorder();
    stores.knowledge.new = known;
    stores.stones.set('new', buried);
    await run(stores, [written(image('new', 19), { key: 'old', version: 19 })]);
    expect(stores.calls.slice(2)).toEqual([
      ['known', 'users', 'new'],
      ['known', 'users', 'new'],
      ['stamp', 'users', { id: 'id-new', seen: 19, floor: 20 }],
      publishing(),
    ]);
  });

  it('publishes a moved document that Redis has already: the feed is read once more', async () => {
    const stores = new Recorder();
    stores.knowledge.new = { held: 20, inFlight: 0 };
    stores.stones.set('old', 20);
    await run(stores, [written(image('new', 20), { key: 'old', version: 10 })]);
    expect(stores.calls.at(-1)).toEqual(publishing('mongo:new:20'));
  });

  it('I8: lists what cannot be synced, buries what it was, and strikes off what is good again, or gone', async () => {
    const stores = new Recorder();
    stores.verbose = true;
    const bad = (id: string, previous?: PreviousRecord): MongoChange => ({
      kind: 'unsyncable',
      entity: USERS,
      id,
      reason: 'missing-key',
      ...(previous ? { previous } : {}),
    });
    await run(stores, [
      bad('id-a', { key: 'a', version: 5 }),
      bad('id-b'),
      written(image('b', 10)),
      written(image('c', 10)),
      bad('id-c'),
      { ...erased(null), id: 'id-d' } as MongoChange,
    ]);
    expect(stores.calls).toEqual([
      ['note', 'id-a missing-key', 'id-c missing-key'],
      ['strike', 'id-b', 'id-d'],
      ['tombstones', 'users', 'a'],
      ['known', 'users', 'a'],
      ['bury', 'users', 'a', { floor: 5, gone: 5 }],
      publishing('mongo:b:10', 'mongo:c:10'),
    ]);
  });

  it.each([
    [20, true],
    [10, false],
    [9, false],
  ])('I9: of what had no stamp a tombstone at 10 says nothing if Redis has %s: %s', async (held, buries) => {
    const stores = new Recorder();
    stores.stones.set('a', 10);
    stores.knowledge.a = { held, inFlight: 0 };
    await run(stores, [erased(image('a', null))]);
    const burial = ['bury', 'users', 'a', { floor: held, gone: 10 }];
    expect(stores.calls).toEqual([['known', 'users', 'a'], ...(buries ? [burial] : []), publishing()]);
  });

  it('costs one look for the deletes of the product', async () => {
    const stores = new Recorder();
    stores.verbose = true;
    stores.stones.set('a', 11).set('b', 21);
    const changes = [
      erased(image('a', 10)),
      written(grave('a', 11)),
      erased(image('b', 20)),
      written(grave('b', 21)),
    ];
    await run(stores, changes);
    expect(stores.calls).toEqual([
      ['strike', 'id-a', 'id-b'],
      ['tombstones', 'users', 'a', 'b'],
      publishing('mongo:a:11', 'mongo:b:21'),
    ]);
  });

  describe('of a document that is gone', () => {
    it('can tell nothing without a pre-image', async () => {
      const stores = new Recorder();
      await run(stores, [erased(null)]);
      expect(stores.calls).toEqual([publishing()]);
    });

    it.each([
      ['a living one', image('a', 10)],
      ['one without a version', image('a', null)],
    ])('I5: buries %s, above what Redis knows', async (_what, last) => {
      const stores = new Recorder();
      stores.knowledge.a = { held: 12, inFlight: 0 };
      await run(stores, [erased(last)]);
      const gone = last.version ?? 0;
      expect(stores.calls).toEqual([
        ['known', 'users', 'a'],
        ['bury', 'users', 'a', { floor: 12, gone }],
        publishing(),
      ]);
    });

    it('says once more what a tombstone said', async () => {
      const stores = new Recorder();
      const last = grave('a', 10);
      expect(await run(stores, [erased(last)])).toEqual({
        outcome: 'published',
        events: [eventFromImage(USERS, last, 10)],
      });
      expect(stores.calls).toEqual([['current', 'users', 'a'], publishing('mongo:a:10')]);
    });

    it('leaves the word to what took the place of a tombstone', async () => {
      const stores = new Recorder();
      stores.inMongo.set('a', image('a', 20));
      await run(stores, [erased(grave('a', 10))]);
      expect(stores.calls).toEqual([['current', 'users', 'a'], publishing()]);
    });
  });

  it('I8: stamps and buries what was set back, and publishes the rest', async () => {
    const stores = new Recorder();
    stores.answers.push({ outcome: 'set-back', indices: [1] });
    stores.knowledge.b = { held: 30, inFlight: 90 };
    const result = await run(
      stores,
      ['a', 'b', 'c'].map((key) => written(image(key, 10))),
    );
    expect(result).toMatchObject({ outcome: 'published', events: [{ key: 'a' }, { key: 'c' }] });
    expect(stores.calls).toEqual([
      publishing('mongo:a:10', 'mongo:b:10', 'mongo:c:10'),
      ['known', 'users', 'b'],
      ['stamp', 'users', { id: 'id-b', seen: 10, floor: 90 }],
      ['known', 'users', 'b'],
      ['bury', 'users', 'b', { floor: 90, gone: 10 }],
      publishing('mongo:a:10', 'mongo:c:10'),
    ]);
  });

  it('says after a set-back that it is fenced, where it is', async () => {
    const stores = new Recorder();
    stores.answers.push({ outcome: 'set-back', indices: [0] }, { outcome: 'fenced' });
    expect(await run(stores, [written(image('a', 10))])).toEqual({ outcome: 'fenced' });
  });

  it('C6: publishes nothing when a correction fails', async () => {
    const stores = new Recorder();
    stores.authority.stamp = () => Promise.reject(new Error('down'));
    await expect(run(stores, [written(image('a', null))])).rejects.toThrow('down');
    expect(stores.calls).toEqual([['known', 'users', 'a']]);
  });
});

describe('eventFromImage', () => {
  const event = (more: Partial<ChangeEvent>): ChangeEvent => ({
    eventId: 'mongo:a:10',
    entity: 'users',
    key: 'a',
    op: 'upsert',
    source: 'mongo',
    version: 10,
    payload: '{"email":"a","name":"Ada"}',
    id: 'id-a',
    ...more,
  });

  it('carries the image', () => {
    expect(eventFromImage(USERS, image('a', 3), 10)).toEqual(event({}));
    expect(eventFromImage(USERS, image('a', 3, { source: 'redis' }), 10)).toEqual(event({ source: 'redis' }));
  });

  it('is a delete where the record is deleted', () => {
    const gone = event({ op: 'delete', payload: null });
    expect(eventFromImage(USERS, image('a', 3, { deleted: true }), 10)).toEqual(gone);
  });

  it('is a delete where the filter does not let the record through', () => {
    const shown = (more: Partial<MongoImage>) => eventFromImage(ADMINS, image('a', 3, more), 10).op;
    expect(shown({ fields: { active: false } })).toBe('delete');
    expect(shown({ fields: { active: true } })).toBe('upsert');
    expect(shown({ fields: { active: true }, deleted: true })).toBe('delete');
  });
});

describe('stampAbove', () => {
  it('stamps entity by entity, with the last version seen of each document', async () => {
    const stores = new Recorder();
    const record = (entity: EntityDefinition, key: string, seen: number | null) => ({
      entity,
      id: `id-${key}`,
      key,
      seen,
    });
    stores.knowledge.b = { held: 3, inFlight: 0 };
    await stampAbove([record(USERS, 'a', 1), record(ADMINS, 'b', null), record(USERS, 'a', 2)], stores);
    expect(stores.calls).toEqual([
      ['known', 'users', 'a'],
      ['stamp', 'users', { id: 'id-a', seen: 2, floor: 0 }],
      ['known', 'admins', 'b'],
      ['stamp', 'admins', { id: 'id-b', seen: null, floor: 3 }],
    ]);
  });

  it('asks nothing for nothing, and takes a missing answer for nothing known', async () => {
    const stores = new Recorder();
    await stampAbove([], stores);
    expect(stores.calls).toEqual([]);
    stores.journal.known = () => Promise.resolve([]);
    await stampAbove([{ entity: USERS, id: 'id-a', key: 'a', seen: null }], stores);
    expect(stores.calls).toEqual([['stamp', 'users', { id: 'id-a', seen: null, floor: 0 }]]);
  });
});
