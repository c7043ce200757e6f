import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeEvent, payloadOf } from '../domain/change-event.js';
import type { Source } from '../domain/stamp.js';
import { USERS } from '../domain/users.js';
import type { ApplyAttempt, RecordResult, RecordTarget, SettledDelivery } from '../ports/apply-targets.js';
import type { MongoImage } from '../domain/mongo-image.js';

/** A document that stands in Mongo. */
interface DocumentBefore {
  readonly key: string;
  readonly version: number | null;
  readonly source: Source;
  readonly name: string;
  readonly wallet?: number;
  readonly city?: string;
}

/** A Mongo, real or simulated, with the port under test and a look behind it. */
export interface MongoStage {
  readonly records: RecordTarget;
  /** What `settle` passed on. */
  readonly settled: readonly SettledDelivery[];
  put(document: DocumentBefore): Promise<void>;
  /** Puts a tombstone. */
  bury(tombstone: Omit<DocumentBefore, 'name' | 'version'> & { readonly version: number }): Promise<void>;
  /** The document, else the tombstone. */
  image(key: string): Promise<MongoImage | undefined>;
  /** The version of the tombstone, whatever stands beside it; `null`: there is none. */
  buried(key: string): Promise<number | null>;
  close(): Promise<void>;
}

let count = 0;
const newKey = () => `record${(count += 1)}@example.org`;

/** A Redis write that knew everything that Mongo has up to `base`, unless told otherwise. */
function attempt(
  key: string,
  version: number,
  { name = 'redis', base = 0, known, changed, over, more = {} }: AttemptOptions = {},
): ApplyAttempt {
  const event = changeEvent('redis', {
    entity: USERS.name,
    key,
    source: 'redis',
    version,
    payload: name === null ? null : payloadOf({ email: key, name, ...more }),
    base,
    ...(known === undefined ? {} : { known }),
    ...(changed === undefined ? {} : { changed }),
  });
  return { entryId: `${version}-${key}`, event, ...(over === undefined ? {} : { over }) };
}

interface AttemptOptions {
  /** `null`: a delete. */
  readonly name?: string | null;
  readonly base?: number;
  readonly known?: number;
  readonly changed?: readonly string[];
  readonly over?: number;
  /** Other fields; of some of them Redis has no business to write. */
  readonly more?: { readonly wallet?: number; readonly city?: string };
}

/** What every {@link RecordTarget} does. Call it in a spec file, once per store. */
export function recordTargetContract(name: string, makeStage: () => Promise<MongoStage>): void {
  describe(`record target contract: ${name}`, () => {
    let stage: MongoStage;
    beforeAll(async () => {
      stage = await makeStage();
    });
    afterAll(() => stage.close());
    writeContract(() => stage);
    changedContract(() => stage);
    deleteContract(() => stage);
    compareContract(() => stage);
    overContract(() => stage);
    batchContract(() => stage);
  });
}

type Stage = () => MongoStage;

async function applyOne(stage: MongoStage, one: ApplyAttempt): Promise<RecordResult | undefined> {
  const results = await stage.records.apply(USERS, [one]);
  expect(results).toHaveLength(1);
  return results[0];
}

function writeContract(stage: Stage): void {
  it('I1: writes a record that Mongo did not know, with the stamp of its event', async () => {
    const key = newKey();
    expect(await applyOne(stage(), attempt(key, 2000))).toEqual({ decision: 'apply' });
    expect(await stage().image(key)).toMatchObject({
      key,
      version: 2000,
      source: 'redis',
      deleted: false,
      fields: { email: key, name: 'redis' },
    });
  });

  it('I2: replaces what the writer had seen; I17: but nothing that Mongo owns', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before', wallet: 7 });
    const rich = attempt(key, 2000, { base: 1000, more: { wallet: 1_000_000 } });
    expect(await applyOne(stage(), rich)).toEqual({ decision: 'apply' });
    expect(await stage().image(key)).toMatchObject({ version: 2000, fields: { name: 'redis', wallet: 7 } });
  });
}

function changedContract(stage: Stage): void {
  it('I24: writes of a document that the writer had seen only what the event names', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before', city: 'Paris', wallet: 7 });
    const changed = ['city', 'wallet', 'passwordHash'];
    const one = attempt(key, 2000, { base: 1000, changed, more: { city: 'Rome', wallet: 9 } });
    expect(await applyOne(stage(), one)).toEqual({ decision: 'apply' });
    expect(await stage().image(key)).toMatchObject({
      version: 2000,
      source: 'redis',
      fields: { name: 'before', city: 'Rome', wallet: 7 },
    });
  });

  it('I24: removes what the event names and does not have', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before', city: 'Paris' });
    await applyOne(stage(), attempt(key, 2000, { base: 1000, changed: ['city'] }));
    expect((await stage().image(key))?.fields).toEqual({ email: key, name: 'before' });
  });

  it('I24: moves the version where nothing was changed', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before' });
    expect(await applyOne(stage(), attempt(key, 2000, { base: 1000, changed: [] }))).toEqual({
      decision: 'apply',
    });
    expect(await stage().image(key)).toMatchObject({ version: 2000, fields: { name: 'before' } });
  });

  it('I1: writes all of a record that is not there, whatever the event names', async () => {
    const key = newKey();
    await applyOne(stage(), attempt(key, 2000, { changed: ['city'], more: { city: 'Rome' } }));
    expect((await stage().image(key))?.fields).toEqual({ email: key, name: 'redis', city: 'Rome' });
  });

  it('removes all that a write that does not say what it changed does not have', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before', city: 'Paris', wallet: 7 });
    await applyOne(stage(), attempt(key, 2000, { base: 1000 }));
    expect((await stage().image(key))?.fields).toEqual({ email: key, name: 'redis', wallet: 7 });
  });
}

function deleteContract(stage: Stage): void {
  it('I5: a delete removes the document and leaves a tombstone, and what is older stays out', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before' });
    expect(await applyOne(stage(), attempt(key, 3000, { name: null, base: 1000 }))).toEqual({
      decision: 'apply',
    });
    expect(await stage().image(key)).toMatchObject({
      id: null,
      version: 3000,
      source: 'redis',
      deleted: true,
      fields: {},
    });
    expect(await applyOne(stage(), attempt(key, 2000, { base: 1000 }))).toMatchObject({
      decision: 'stale',
      current: { id: null, version: 3000 },
    });
    expect(await applyOne(stage(), attempt(key, 4000, { base: 3000 }))).toEqual({ decision: 'apply' });
    expect(await stage().image(key)).toMatchObject({ version: 4000, deleted: false });
  });

  it('I5: a delete that comes before its record leaves a tombstone, too', async () => {
    const key = newKey();
    expect(await applyOne(stage(), attempt(key, 3000, { name: null }))).toEqual({ decision: 'apply' });
    expect(await stage().image(key)).toMatchObject({ version: 3000, deleted: true });
    expect(await applyOne(stage(), attempt(key, 2000))).toMatchObject({ decision: 'stale' });
    expect(await applyOne(stage(), attempt(key, 3000, { name: null }))).toEqual({ decision: 'same' });
  });

  it('I3: a delete is compared like a write, and leaves what is newer', async () => {
    const key = newKey();
    await stage().put({ key, version: 3000, source: 'mongo', name: 'newer' });
    expect(await applyOne(stage(), attempt(key, 2000, { name: null }))).toMatchObject({ decision: 'stale' });
    expect(await stage().image(key)).toMatchObject({ version: 3000, deleted: false });
    expect(await stage().buried(key)).toBeNull();
  });

  it('a tombstone may stay beside a younger document, and is not put back by an older delete', async () => {
    const key = newKey();
    await stage().bury({ key, version: 2000, source: 'mongo' });
    expect(await applyOne(stage(), attempt(key, 3000, { base: 2000 }))).toEqual({ decision: 'apply' });
    expect(await applyOne(stage(), attempt(key, 1000, { name: null }))).toMatchObject({
      decision: 'stale',
      current: { version: 3000 },
    });
    expect(await stage().buried(key)).toBe(2000);
  });

  it('I19: a tombstone that the writer had not seen stays until it has been kept', async () => {
    const key = newKey();
    await stage().bury({ key, version: 1500, source: 'mongo' });
    const blind = { base: 1600, known: 1000 };
    expect(await applyOne(stage(), attempt(key, 2000, blind))).toMatchObject({
      decision: 'concurrent',
      current: { id: null, version: 1500, deleted: true },
    });
    expect(await applyOne(stage(), attempt(key, 2000, { ...blind, over: 1500 }))).toEqual({
      decision: 'apply',
    });
    expect(await stage().image(key)).toMatchObject({ version: 2000, deleted: false });
  });

  it('I10: what Mongo owns comes back with the record', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before', wallet: 7 });
    await applyOne(stage(), attempt(key, 2000, { name: null, base: 1000 }));
    await applyOne(stage(), attempt(key, 3000, { base: 2000, more: { wallet: 1_000_000 } }));
    expect((await stage().image(key))?.fields).toMatchObject({ name: 'redis', wallet: 7 });
  });
}

function overContract(stage: Stage): void {
  it('what may be overwritten is, by all that the event names', async () => {
    const key = newKey();
    await stage().put({ key, version: 1500, source: 'mongo', name: 'rival', city: 'Paris' });
    const one = { base: 1000, over: 1500, changed: ['city'], more: { city: 'Rome' } };
    expect(await applyOne(stage(), attempt(key, 2000, one))).toEqual({ decision: 'apply' });
    expect((await stage().image(key))?.fields).toMatchObject({ name: 'rival', city: 'Rome' });
  });

  it('where something else stands by then, it is shown, and the attempt is not repeated', async () => {
    const key = newKey();
    await stage().put({ key, version: 1500, source: 'mongo', name: 'rival' });
    // The writer had seen this one: it would be written if it were tried without `over`.
    const one = attempt(key, 2000, { base: 1500, over: 1400 });
    expect(await applyOne(stage(), one)).toMatchObject({
      decision: 'concurrent',
      current: { version: 1500 },
    });
    expect(await stage().image(key)).toMatchObject({ version: 1500, fields: { name: 'rival' } });
    const newer = attempt(key, 1400, { base: 1000, over: 1300 });
    expect(await applyOne(stage(), newer)).toMatchObject({ decision: 'stale', current: { version: 1500 } });
  });

  it('a delete may overwrite, too, but nothing else than what was kept', async () => {
    const key = newKey();
    await stage().put({ key, version: 1500, source: 'mongo', name: 'rival' });
    const blind = { name: null, base: 1000 };
    expect(await applyOne(stage(), attempt(key, 2000, { ...blind, over: 1400 }))).toMatchObject({
      decision: 'concurrent',
    });
    expect(await applyOne(stage(), attempt(key, 2000, { ...blind, over: 1500 }))).toEqual({
      decision: 'apply',
    });
    expect(await stage().image(key)).toMatchObject({ version: 2000, deleted: true });
  });
}

function compareContract(stage: Stage): void {
  it('I3: what Mongo holds and is newer stays, and is shown', async () => {
    const key = newKey();
    await stage().put({ key, version: 3000, source: 'mongo', name: 'newer' });
    expect(await applyOne(stage(), attempt(key, 2000))).toMatchObject({
      decision: 'stale',
      current: { key, version: 3000, source: 'mongo', fields: { name: 'newer' } },
    });
    expect(await stage().image(key)).toMatchObject({ version: 3000 });
  });

  it('I4: the same write again changes nothing', async () => {
    const key = newKey();
    await applyOne(stage(), attempt(key, 2000));
    expect(await applyOne(stage(), attempt(key, 2000))).toEqual({ decision: 'same' });
  });

  it('I7: at equal version Mongo keeps its own', async () => {
    const key = newKey();
    await stage().put({ key, version: 2000, source: 'mongo', name: 'own' });
    expect(await applyOne(stage(), attempt(key, 2000))).toMatchObject({ decision: 'stale' });
    expect(await stage().image(key)).toMatchObject({ source: 'mongo', fields: { name: 'own' } });
  });

  it('I8: a document without a version is not overwritten', async () => {
    const key = newKey();
    await stage().put({ key, version: null, source: 'mongo', name: 'edited' });
    expect(await applyOne(stage(), attempt(key, 2000))).toMatchObject({
      decision: 'unstamped',
      current: { version: null },
    });
    expect(await stage().image(key)).toMatchObject({ version: null, fields: { name: 'edited' } });
  });

  it('I19: an older version that the writer had not seen stays until it has been kept', async () => {
    const key = newKey();
    await stage().put({ key, version: 1500, source: 'mongo', name: 'rival' });
    const blind = { base: 1600, known: 1000 };
    expect(await applyOne(stage(), attempt(key, 2000, blind))).toMatchObject({
      decision: 'concurrent',
      current: { version: 1500, fields: { name: 'rival' } },
    });
    // Another version than the one that was kept is not overwritten either.
    expect(await applyOne(stage(), attempt(key, 2000, { ...blind, over: 1400 }))).toMatchObject({
      decision: 'concurrent',
    });
    expect(await stage().image(key)).toMatchObject({ version: 1500 });
    expect(await applyOne(stage(), attempt(key, 2000, { ...blind, over: 1500 }))).toEqual({
      decision: 'apply',
    });
    expect(await stage().image(key)).toMatchObject({ version: 2000 });
  });

  it('I19: Redis writes up to base are taken for seen, whatever was known of Mongo', async () => {
    const key = newKey();
    await stage().put({ key, version: 1500, source: 'redis', name: 'redis before' });
    expect(await applyOne(stage(), attempt(key, 2000, { base: 1600, known: 1000 }))).toEqual({
      decision: 'apply',
    });
  });
}

function batchContract(stage: Stage): void {
  it('answers a batch in its order, and writes the rest where one is refused its place', async () => {
    const [fresh, newer, rival] = [newKey(), newKey(), newKey()];
    await stage().put({ key: newer, version: 3000, source: 'mongo', name: 'newer' });
    await stage().put({ key: rival, version: 1500, source: 'mongo', name: 'rival' });
    const attempts = [attempt(newer, 2000), attempt(fresh, 2000), attempt(rival, 2000)];
    const results = await stage().records.apply(USERS, attempts);
    expect(results.map(({ decision }) => decision)).toEqual(['stale', 'apply', 'concurrent']);
    expect(await stage().records.apply(USERS, [])).toEqual([]);
  });

  it('C6: settles on the stream that the deliveries came from, and not before it is told to', async () => {
    const delivery = attempt(newKey(), 2000);
    const before = stage().settled.length;
    await stage().records.apply(USERS, [delivery]);
    expect(stage().settled).toHaveLength(before);
    await stage().records.settle([{ delivery, outcome: 'applied' }]);
    expect(stage().settled.slice(before)).toEqual([{ delivery, outcome: 'applied' }]);
  });
}
