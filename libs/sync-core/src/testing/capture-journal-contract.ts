import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { payloadOf } from '../domain/change-event.js';
import { USERS } from '../domain/users.js';
import { changeOf } from './projection-target-contract.js';
import type { RedisStage } from './redis-stage.js';

const KEY = 'ada@example.org';

/** What every {@link CaptureJournal} does. Call it in a spec file, once per store. */
export function captureJournalContract(name: string, makeStage: () => Promise<RedisStage>): void {
  describe(`capture journal contract: ${name}`, () => {
    let stage: RedisStage;
    beforeAll(async () => {
      stage = await makeStage();
    });
    beforeEach(() => stage.reset());
    afterAll(() => stage.close());
    publishContract(() => stage);
    futureContract(() => stage);
    reEmitEventsContract(() => stage);
    knownContract(() => stage);
  });
}

type Stage = () => RedisStage;
const events = async (stage: RedisStage) => (await stage.take('mongo-to-redis')).map(({ event }) => event);

function publishContract(stage: Stage): void {
  it('C7: has no position at first; then the position moves together with the events before it', async () => {
    expect(await stage().journal.position()).toBeNull();
    const both = [changeOf(KEY, 1000, 'a'), changeOf('b@example.org', 1001, null)];
    const next = { feed: 'p1' };
    expect(await stage().journal.publish({ expected: null, next, events: both })).toEqual({
      outcome: 'published',
    });
    expect(await stage().journal.position()).toEqual(next);
    expect(await events(stage())).toEqual(both);
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(1000);
    expect((await stage().ledger('mongo-to-redis')).captured).toBe(2);
  });

  it('C7: keeps where a snapshot is', async () => {
    for (const afterId of [null, 'a1']) {
      const expected = await stage().journal.position();
      const next = { feed: 'p1', snapshot: { entity: 'users', afterId } };
      await stage().journal.publish({ expected, next, events: [] });
      expect(await stage().journal.position()).toEqual(next);
    }
  });

  it('I4: the same publication is written once', async () => {
    const publication = { expected: null, next: { feed: 'p1' }, events: [changeOf(KEY, 1000, 'a')] };
    for (let time = 0; time < 2; time++)
      expect(await stage().journal.publish(publication)).toEqual({ outcome: 'published' });
    expect(await events(stage())).toHaveLength(1);
  });

  it('fences who expects another position, and writes nothing', async () => {
    await stage().journal.publish({ expected: null, next: { feed: 'p1' }, events: [] });
    for (const expected of [null, { feed: 'p0' }]) {
      const late = { expected, next: { feed: 'p2' }, events: [changeOf(KEY, 1000, 'a')] };
      expect(await stage().journal.publish(late)).toEqual({ outcome: 'fenced' });
    }
    expect(await stage().journal.position()).toEqual({ feed: 'p1' });
    expect(await events(stage())).toEqual([]);
  });

  it('I8: names the events below one of their record that is in flight, and writes nothing', async () => {
    const expected = { feed: 'p1' };
    await stage().journal.publish({ expected: null, next: expected, events: [changeOf(KEY, 2000, 'new')] });
    const back = [changeOf('b@example.org', 1, 'b'), changeOf(KEY, 1000, 'old'), changeOf(KEY, 2000, 'new')];
    expect(await stage().journal.publish({ expected, next: { feed: 'p2' }, events: back })).toEqual({
      outcome: 'set-back',
      indices: [1],
    });
    expect(await stage().journal.position()).toEqual(expected);
    expect(await events(stage())).toHaveLength(1);
  });
}

function futureContract(stage: Stage): void {
  /** By any clock. */
  const FUTURE = Number.MAX_SAFE_INTEGER - 1;

  it('I15: a version from the future is published, and is not in flight', async () => {
    const events = [changeOf(KEY, FUTURE, 'later'), changeOf('b@example.org', 1000, 'b')];
    const publication = { expected: null, next: { feed: 'p1' }, events };
    expect(await stage().journal.publish(publication)).toEqual({ outcome: 'published' });
    expect((await stage().take('mongo-to-redis')).map(({ event }) => event)).toEqual(events);
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(0);
    expect(await stage().inFlight('mongo-to-redis', 'b@example.org')).toBe(1000);
    expect((await stage().ledger('mongo-to-redis')).captured).toBe(2);
    expect(await stage().journal.known(USERS, [KEY])).toEqual([{ held: 0, inFlight: 0 }]);
  });

  it('I15: a version from the future sets nothing back, and leaves what is in flight', async () => {
    const [first, second] = [{ feed: 'p1' }, { feed: 'p2' }];
    const events = [changeOf(KEY, 2000, 'now'), changeOf(KEY, FUTURE, 'later')];
    await stage().journal.publish({ expected: null, next: first, events });
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(2000);
    const mended = [changeOf(KEY, 3000, 'mended')];
    const publication = { expected: first, next: second, events: mended };
    expect(await stage().journal.publish(publication)).toEqual({ outcome: 'published' });
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(3000);
  });
}

function reEmitEventsContract(stage: Stage): void {
  it('I12: publishes again without moving the position, however old the event', async () => {
    const next = { feed: 'p1' };
    await stage().journal.publish({ expected: null, next, events: [changeOf(KEY, 2000, 'new')] });
    await stage().journal.reEmit([changeOf(KEY, 1000, 'old')]);
    expect(await stage().journal.position()).toEqual(next);
    expect((await events(stage())).map(({ version }) => version)).toEqual([2000, 1000]);
    expect(await stage().inFlight('mongo-to-redis', KEY)).toBe(2000);
  });
}

function knownContract(stage: Stage): void {
  it('knows what is held and what is in flight from Mongo, in the order of the keys', async () => {
    const version = await stage().write('r@example.org', payloadOf({ email: 'r@example.org' }));
    const deleted = await stage().write('d@example.org', null);
    await stage().journal.reEmit([changeOf(KEY, 1000, 'a')]);
    const keys = ['nobody@example.org', KEY, 'r@example.org', 'd@example.org'];
    expect(await stage().journal.known(USERS, keys)).toEqual([
      { held: 0, inFlight: 0 },
      { held: 0, inFlight: 1000 },
      { held: version, inFlight: 0 },
      { held: deleted, inFlight: 0 },
    ]);
    expect(await stage().journal.known(USERS, [])).toEqual([]);
  });
}
