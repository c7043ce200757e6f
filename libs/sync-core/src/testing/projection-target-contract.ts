import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changeEvent, payloadOf, type ChangeEvent } from '../domain/change-event.js';
import type { Source } from '../domain/stamp.js';
import { USERS } from '../domain/users.js';
import type { ChangeDelivery, ProjectionResult } from '../ports/apply-targets.js';
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
  it('I7: other content of the same version is shown to the caller, who may have it written', async () => {
    const version = await stage().write(KEY, payloadOf({ email: KEY, name: 'r' }));
    const deliveries = await published(stage(), changeOf(KEY, version, 'm'));
    expect(await stage().projections.apply(USERS, deliveries)).toEqual([
      {
        decision: 'merge',
        settled: false,
        held: { version, source: 'redis', payload: payloadOf({ email: KEY, name: 'r' }) },
      },
    ]);
    expect(await stage().projections.apply(USERS, deliveries, 'merge')).toMatchObject([
      { decision: 'apply', settled: true },
    ]);
    const payload = payloadOf({ email: KEY, name: 'm' });
    expect(await stage().held(KEY)).toEqual({ version, source: 'mongo', payload });
  });

  it('I7: a delete and a record of the same version differ, too', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    expect(await deliver(stage(), changeOf(KEY, 1000, null))).toMatchObject([
      { decision: 'merge', settled: false, held: { version: 1000, source: 'mongo' } },
    ]);
  });
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
  it('I8: reEmitAnew gives a record a new version, built on the old one, and emits it', async () => {
    await deliver(stage(), changeOf(KEY, 1000, 'a'));
    await stage().projections.reEmitAnew(USERS, KEY, 1000);
    const held = await stage().held(KEY);
    const payload = payloadOf({ email: KEY, name: 'a' });
    expect(held).toMatchObject({ source: 'redis', payload });
    expect(held?.version).toBeGreaterThan(1000);
    const [delivery, ...others] = await stage().take('redis-to-mongo');
    expect(others).toEqual([]);
    expect(delivery?.event).toMatchObject({ op: 'upsert', version: held?.version, base: 1000, payload });
    expect(delivery?.event.known ?? 1000).toBe(1000);
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
    expect(delivery?.event).toMatchObject({ op: 'delete', payload: null, base: 1000 });
    expect(await stage().held(KEY)).toMatchObject({ payload: null, version: delivery?.event.version });
  });

  it('I19: reEmitAnew of a settled Redis write knows of Mongo only what lies below it', async () => {
    const version = await stage().write(KEY, payloadOf({ email: KEY }));
    await landRedisWrites(stage());
    await stage().projections.reEmitAnew(USERS, KEY, version);
    const [again] = await stage().take('redis-to-mongo');
    expect(again?.event).toMatchObject({ base: version, known: version - 1 });
  });
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
