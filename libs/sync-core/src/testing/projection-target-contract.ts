import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changeEvent, payloadOf, type ChangeEvent } from '../domain/change-event.js';
import type { Source } from '../domain/stamp.js';
import { USERS } from '../domain/users.js';
import { formatRecord, type HeldRecord } from '../domain/record-text.js';
import type { ChangeDelivery, HeldText, ProjectionResult } from '../ports/apply-targets.js';
import type { RedisStage } from './redis-stage.js';

const KEY = 'ada@example.org';

/** An event as capture publishes it. */
export function changeOf(
  key: string,
  version: number,
  name: string | null,
  source: Source = 'mongo',
): ChangeEvent {
  const payload = name === null ? null : payloadOf({ email: key, name });
  return changeEvent('mongo', { entity: USERS.name, key, source, version, payload });
}

/** What every {@link ProjectionTarget} does. Call it in a spec file, once per store. */
export function projectionTargetContract(name: string, makeStage: () => Promise<RedisStage>): void {
  describe(`projection target contract: ${name}`, () => {
    let stage: RedisStage;
    beforeAll(async () => {
      stage = await makeStage();
    });
    beforeEach(() => stage.reset());
    afterAll(() => stage.close());
    applyContract(() => stage);
    tieContract(() => stage);
    settleContract(() => stage);
    reEmitAnewContract(() => stage);
    reEmitContract(() => stage);
    changedContract(() => stage);
  });
}

type Stage = () => RedisStage;

/** Publishes, takes and applies. */
async function deliver(
  stage: RedisStage,
  ...events: readonly ChangeEvent[]
): Promise<readonly ProjectionResult[]> {
  return stage.projections.apply(USERS, await published(stage, ...events));
}

async function published(
  stage: RedisStage,
  ...events: readonly ChangeEvent[]
): Promise<readonly ChangeDelivery[]> {
  await stage.journal.reEmit(events);
  return stage.take('mongo-to-redis');
}

/** All that is on `redis_changes` arrives in Mongo. */
async function landRedisWrites(stage: RedisStage): Promise<void> {
  const deliveries = await stage.take('redis-to-mongo');
  expect(deliveries).not.toEqual([]);
  for (const delivery of deliveries) await stage.settleRedisWrite(delivery);
}

function applyContract(stage: Stage): void {
  it('I1: writes a record that Redis did not know, and settles it in the same step', async () => {
    expect(await deliver(stage(), changeOf(KEY, 1000, 'a'))).toEqual([
      { decision: 'apply', settled: true, before: null },
    ]);
    const payload = payloadOf({ email: KEY, name: 'a' });
    expect(await stage().held(KEY)).toEqual({ version: 1000, source: 'mongo', payload });
    expect(await stage().ledger('mongo-to-redis')).toMatchObject({
      captured: 1,
      outcomes: { applied: 1 },
      pending: 0,
      unread: 0,
    });
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(0);
  });

  it('I2: a newer version replaces an older one, also within a batch', async () => {
    const events = [changeOf(KEY, 1000, 'a'), changeOf(KEY, 2000, 'b')];
    const [, second] = await deliver(stage(), ...events);
    expect(second).toEqual({ decision: 'apply', settled: true, before: { version: 1000, source: 'mongo' } });
    expect((await stage().held(KEY))?.version).toBe(2000);
  });

  it('I3: an older version is stale, and left to the caller when nothing is in flight', async () => {
    await deliver(stage(), changeOf(KEY, 2000, 'b'));
    expect(await deliver(stage(), changeOf(KEY, 1000, 'a'))).toEqual([
      { decision: 'stale', settled: false, winner: { version: 2000, source: 'mongo' } },
    ]);
    expect((await stage().held(KEY))?.version).toBe(2000);
    expect((await stage().ledger('mongo-to-redis')).pending).toBe(1);
  });

  it('I3: an older version is settled as stale while a newer Redis write is in flight, and leaves a doubt', async () => {
    const version = await stage().write(KEY, payloadOf({ email: KEY }));
    expect(await deliver(stage(), changeOf(KEY, 1000, 'a'))).toEqual([
      { decision: 'stale', settled: true, winner: { version, source: 'redis' } },
    ]);
    expect(await stage().ledger('mongo-to-redis')).toMatchObject({ outcomes: { stale: 1 }, pending: 0 });
    expect(await stage().doubt(KEY)).toBe(version);
  });

  it('I4: the same delivery again is a duplicate, and counted once', async () => {
    const deliveries = await published(stage(), changeOf(KEY, 1000, 'a'));
    await stage().projections.apply(USERS, deliveries);
    expect(await stage().projections.apply(USERS, deliveries)).toEqual([
      { decision: 'duplicate', settled: true },
    ]);
    expect((await stage().ledger('mongo-to-redis')).outcomes).toMatchObject({ applied: 1, duplicate: 0 });
  });

  it('I5: a tombstone is compared like a record', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'), changeOf(KEY, 3000, null));
    expect(await stage().held(KEY)).toEqual({ version: 3000, source: 'mongo', payload: null });
    expect(await deliver(stage(), changeOf(KEY, 2000, 'b'))).toMatchObject([{ decision: 'stale' }]);
    expect(await deliver(stage(), changeOf(KEY, 4000, 'c'))).toMatchObject([{ decision: 'apply' }]);
    expect((await stage().held(KEY))?.version).toBe(4000);
  });

  it('I6: what Redis wrote itself is an echo, and nothing is sent back', async () => {
    const version = await stage().write(KEY, payloadOf({ email: KEY, name: 'r' }));
    expect(await deliver(stage(), changeOf(KEY, version, 'r', 'redis'))).toEqual([
      { decision: 'echo', settled: true },
    ]);
    expect((await stage().ledger('redis-to-mongo')).captured).toBe(1);
    expect(await stage().doubt(KEY)).toBe(0);
  });
}

function tieContract(stage: Stage): void {
  it('I7: other content of the same version is shown to the caller, who may have it written over just that', async () => {
    const version = await stage().write(KEY, payloadOf({ email: KEY, name: 'r' }));
    const [delivery] = await published(stage(), changeOf(KEY, version, 'm'));
    if (!delivery) throw new Error('nothing was delivered');
    const inRedis: HeldRecord = { version, source: 'redis', payload: payloadOf({ email: KEY, name: 'r' }) };
    const held = { ...inRedis, text: formatRecord(inRedis) };
    const tie = { decision: 'merge', settled: false, held };
    expect(await stage().projections.apply(USERS, [delivery])).toEqual([tie]);

    const late = { ...delivery, over: `${held.text} ` };
    expect(await stage().projections.applyOver(USERS, [late])).toEqual([tie]);
    expect(await stage().held(KEY)).toEqual(inRedis);
    expect((await stage().ledger('mongo-to-redis')).pending).toBe(1);

    const write = { ...delivery, over: held.text };
    const before = { version, source: 'redis' };
    expect(await stage().projections.applyOver(USERS, [write])).toEqual([
      { decision: 'apply', settled: true, before },
    ]);
    const payload = payloadOf({ email: KEY, name: 'm' });
    expect(await stage().held(KEY)).toEqual({ version, source: 'mongo', payload });
    expect((await stage().ledger('mongo-to-redis')).pending).toBe(0);
  });

  it('I3: writing over a text compares versions all the same', async () => {
    await deliver(stage(), changeOf(KEY, 2000, 'b'));
    const { text } = textOf(KEY, 2000, 'b');
    const events = [changeOf(KEY, 1000, 'a'), changeOf(KEY, 3000, 'c')];
    const writes = (await published(stage(), ...events)).map((delivery) => ({ ...delivery, over: text }));
    expect(await stage().projections.applyOver(USERS, writes)).toEqual([
      { decision: 'stale', settled: false, winner: { version: 2000, source: 'mongo' } },
      { decision: 'apply', settled: true, before: { version: 2000, source: 'mongo' } },
    ]);
  });

  it('I7: of two writes over one text the first is written, the second sees it', async () => {
    await deliver(stage(), changeOf(KEY, 2000, 'a'));
    const { text } = textOf(KEY, 2000, 'a');
    const events = [changeOf(KEY, 2000, 'b'), changeOf(KEY, 2000, 'c')];
    const writes = (await published(stage(), ...events)).map((delivery) => ({ ...delivery, over: text }));
    expect(await stage().projections.applyOver(USERS, writes)).toEqual([
      { decision: 'apply', settled: true, before: { version: 2000, source: 'mongo' } },
      { decision: 'merge', settled: false, held: textOf(KEY, 2000, 'b') },
    ]);
  });

  it('I7: a delete and a record of the same version differ, too', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    expect(await deliver(stage(), changeOf(KEY, 1000, null))).toMatchObject([
      { decision: 'merge', settled: false, held: textOf(KEY, 1000, 'a') },
    ]);
  });

  it('I7: a tombstone is written over a record of its version, and the other way round', async () => {
    for (const [is, becomes] of [
      ['a', null],
      [null, 'a'],
    ] as const) {
      await stage().reset();
      await deliver(stage(), changeOf(KEY, 1000, is));
      const over = textOf(KEY, 1000, is).text;
      const writes = (await published(stage(), changeOf(KEY, 1000, becomes))).map((tie) => ({
        ...tie,
        over,
      }));
      expect(await stage().projections.applyOver(USERS, writes)).toMatchObject([{ decision: 'apply' }]);
      expect(await stage().held(KEY)).toMatchObject({ payload: changeOf(KEY, 1000, becomes).payload });
    }
  });
}

/** What Redis holds of a change that was applied. */
function textOf(...change: Parameters<typeof changeOf>): HeldText {
  const { version, source, payload } = changeOf(...change);
  return { version, source, payload, text: formatRecord({ version, source, payload }) };
}

function settleContract(stage: Stage): void {
  it('I18: settling acknowledges and counts each delivery once, whatever its outcome', async () => {
    const deliveries = await published(
      stage(),
      changeOf(KEY, 1000, 'a'),
      changeOf('b@example.org', 1000, 'b'),
    );
    const settlements = deliveries.map((delivery) => ({ delivery, outcome: 'superseded' as const }));
    await stage().projections.settle(settlements);
    await stage().projections.settle(settlements);
    expect(await stage().ledger('mongo-to-redis')).toMatchObject({
      captured: 2,
      outcomes: { superseded: 2 },
      pending: 0,
    });
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(0);
  });

  it('I12: a newer version stays in flight when an older one is settled', async () => {
    const [older] = await published(stage(), changeOf(KEY, 1000, 'a'), changeOf(KEY, 2000, 'b'));
    if (!older) throw new Error('nothing was delivered');
    await stage().projections.settle([{ delivery: older, outcome: 'superseded' }]);
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(2000);
  });
}

function reEmitAnewContract(stage: Stage): void {
  it('I8: reEmitAnew gives a record a new version and emits it, as one that has seen nothing', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    await stage().projections.reEmitAnew(USERS, KEY, 1000);
    const held = await stage().held(KEY);
    const payload = payloadOf({ email: KEY, name: 'a' });
    expect(held).toMatchObject({ source: 'redis', payload });
    expect(held?.version).toBeGreaterThan(1000);
    const [delivery, ...others] = await stage().take('redis-to-mongo');
    expect(others).toEqual([]);
    expect(delivery?.event).toMatchObject({ op: 'upsert', version: held?.version, base: 0, payload });
    expect(delivery?.event).not.toHaveProperty('known');
    expect(delivery?.event).not.toHaveProperty('changed');
    expect(await stage().inFlight('redis-to-mongo', KEY)).toBe(held?.version);
  });

  it('I4: reEmitAnew does nothing when Redis has moved on, or holds nothing', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    await stage().projections.reEmitAnew(USERS, KEY, 1000);
    await stage().projections.reEmitAnew(USERS, KEY, 1000);
    await stage().projections.reEmitAnew(USERS, 'nobody@example.org', 1000);
    expect((await stage().ledger('redis-to-mongo')).captured).toBe(1);
  });

  it('I5: reEmitAnew emits a tombstone as a delete', async () => {
    await deliver(stage(), changeOf(KEY, 1000, null));
    await stage().projections.reEmitAnew(USERS, KEY, 1000);
    const [delivery] = await stage().take('redis-to-mongo');
    expect(delivery?.event).toMatchObject({ op: 'delete', payload: null, base: 0 });
    expect(await stage().held(KEY)).toMatchObject({ payload: null, version: delivery?.event.version });
  });

  it('I19: a write on top of what was re-emitted anew knows nothing of Mongo either, and changes everything', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    await stage().projections.reEmitAnew(USERS, KEY, 1000);
    const base = (await stage().held(KEY))?.version;
    await stage().write(KEY, payloadOf({ email: KEY, name: 'b' }), ['name']);
    const { event } = (await stage().take('redis-to-mongo')).at(-1) ?? {};
    expect(event).toMatchObject({ base, known: 0 });
    expect(event).not.toHaveProperty('changed');
  });
}

function changedContract(stage: Stage): void {
  const payload = payloadOf({ email: KEY });
  const lastChanged = async () => (await stage().take('redis-to-mongo')).at(-1)?.event.changed;

  it('says what a write changed; nothing when that is not known, or the record goes', async () => {
    for (const changed of [['a', 'b'], [], undefined, ['a']]) {
      await landed(stage());
      await stage().write(KEY, payload, changed);
      expect(await lastChanged()).toEqual(changed);
    }
    await stage().write(KEY, null);
    expect(await lastChanged()).toBeUndefined();
  });

  it('says what writes in flight below it changed, too; names are compared as strings', async () => {
    const odd = ['ä"/\\\u0001', '__proto__', 'constructor', '1'];
    const steps = [
      [[], []],
      [['a'], ['a']],
      [
        ['b', 'a'],
        ['a', 'b'],
      ],
      [[], ['a', 'b']],
      [odd, ['a', 'b', ...odd]],
      [odd.slice(1), ['a', 'b', ...odd]],
    ];
    for (const [changed, expected = []] of steps) {
      await stage().write(KEY, payload, changed);
      const events = await stage().take('redis-to-mongo');
      expect(events.map(({ event }) => event.changed)).toEqual([expected]);
    }
  });

  it('takes all for changed once a write in flight did not say', async () => {
    await stage().write(KEY, payload);
    await stage().write(KEY, payload, ['a']);
    expect(await lastChanged()).toBeUndefined();
  });

  it('takes all for changed when more than a thousand are', async () => {
    const names = Array.from({ length: 700 }, (_, n) => `f${n}`);
    await stage().write(KEY, payload, names);
    expect(await lastChanged()).toEqual(names);
    await stage().write(
      KEY,
      payload,
      names.map((name) => `g${name}`),
    );
    expect(await lastChanged()).toBeUndefined();
  });

  it('begins anew on top of a version from Mongo: what is in flight below it is another line', async () => {
    const version = await stage().write(KEY, payload, ['a']);
    await deliver(stage(), changeOf(KEY, version + 1, 'm'));
    await stage().write(KEY, payload, ['b']);
    expect(await lastChanged()).toEqual(['b']);
  });

  it('I12: reEmit says what the write in flight said', async () => {
    for (const changed of [['a'], [], undefined]) {
      await landed(stage());
      await stage().write(KEY, payload, changed);
      await stage().take('redis-to-mongo');
      await stage().projections.reEmit(USERS, KEY);
      expect(await lastChanged()).toEqual(changed);
    }
  });
}

/** Nothing is in flight to Mongo. */
async function landed(stage: RedisStage): Promise<void> {
  await stage.reset();
  await stage.write(KEY, payloadOf({ email: KEY }));
  await landRedisWrites(stage);
}

function reEmitContract(stage: Stage): void {
  it('I12: reEmit re-emits the write in flight, with its version, its content and what it knew of Mongo', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    const payload = payloadOf({ email: KEY, name: 'r' });
    const version = await stage().write(KEY, payload);
    const [first] = await stage().take('redis-to-mongo');
    expect(first?.event).toMatchObject({ version, base: 1000 });
    await stage().projections.reEmit(USERS, KEY);
    const [again, ...others] = await stage().take('redis-to-mongo');
    expect(others).toEqual([]);
    // All Redis writes below it are taken for seen; of Mongo's, those that the write knew.
    const { eventId, op } = first?.event ?? {};
    expect(again?.event).toMatchObject({ eventId, op, version, payload, base: version - 1, known: 1000 });
    expect(await stage().held(KEY)).toEqual({ version, source: 'redis', payload });
    expect(await stage().inFlight('redis-to-mongo', KEY)).toBe(version);
    expect((await stage().ledger('redis-to-mongo')).captured).toBe(2);
  });

  it('I12: reEmit emits a delete as a delete', async () => {
    await stage().write(KEY, payloadOf({ email: KEY }));
    const version = await stage().write(KEY, null);
    await stage().projections.reEmit(USERS, KEY);
    expect((await stage().take('redis-to-mongo')).at(-1)?.event).toMatchObject({
      op: 'delete',
      version,
      payload: null,
    });
  });

  it('I12: reEmit emits nothing when nothing is in flight', async () => {
    await stage().write(KEY, payloadOf({ email: KEY }));
    await landRedisWrites(stage());
    await stage().projections.reEmit(USERS, KEY);
    await stage().projections.reEmit(USERS, 'nobody@example.org');
    expect(await stage().take('redis-to-mongo')).toEqual([]);
  });

  it('I12: reEmit gives a write up whose place a newer version from Mongo has taken', async () => {
    const version = await stage().write(KEY, payloadOf({ email: KEY }));
    await stage().take('redis-to-mongo');
    await deliver(stage(), changeOf(KEY, version + 1, 'm'));
    await stage().projections.reEmit(USERS, KEY);
    expect(await stage().take('redis-to-mongo')).toEqual([]);
    expect(await stage().inFlight('redis-to-mongo', KEY)).toBe(0);
  });
}
