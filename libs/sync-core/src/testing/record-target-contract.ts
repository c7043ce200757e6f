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
}

/** A Mongo, real or simulated, with the port under test and a look behind it. */
export interface MongoStage {
  readonly records: RecordTarget;
  /** What `settle` passed on. */
  readonly settled: readonly SettledDelivery[];
  put(document: DocumentBefore): Promise<void>;
  image(key: string): Promise<MongoImage | undefined>;
  close(): Promise<void>;
}

let count = 0;
const newKey = () => `record${(count += 1)}@example.org`;

/** A Redis write that knew everything that Mongo has up to `base`, unless told otherwise. */
function attempt(
  key: string,
  version: number,
  { name = 'redis', base = 0, known, over, more = {} }: AttemptOptions = {},
): ApplyAttempt {
  const event = changeEvent('redis', {
    entity: USERS.name,
    key,
    source: 'redis',
    version,
    payload: name === null ? null : payloadOf({ email: key, name, ...more }),
    base,
    ...(known === undefined ? {} : { known }),
  });
  return { entryId: `${version}-${key}`, event, ...(over === undefined ? {} : { over }) };
}

interface AttemptOptions {
  /** `null`: a delete. */
  readonly name?: string | null;
  readonly base?: number;
  readonly known?: number;
  readonly over?: number;
  /** Fields that Redis has no business to write. */
  readonly more?: { readonly wallet?: number };
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
    compareContract(() => stage);
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

  it('I5: a delete leaves a version, and what is older stays out', async () => {
    const key = newKey();
    await stage().put({ key, version: 1000, source: 'mongo', name: 'before' });
    expect(await applyOne(stage(), attempt(key, 3000, { name: null, base: 1000 }))).toEqual({
      decision: 'apply',
    });
    expect(await stage().image(key)).toMatchObject({ version: 3000, deleted: true, fields: {} });
    expect(await applyOne(stage(), attempt(key, 2000, { base: 1000 }))).toMatchObject({ decision: 'stale' });
    expect(await applyOne(stage(), attempt(key, 4000, { base: 3000 }))).toEqual({ decision: 'apply' });
    expect(await stage().image(key)).toMatchObject({ version: 4000, deleted: false });
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
