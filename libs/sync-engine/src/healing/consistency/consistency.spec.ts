import { jest } from '@jest/globals';
import { formatEvent, type ChangeEvent, type Direction } from '@redis-mongo-sync/sync-core';
import { ConsistencyWatch } from './consistency-watch.js';

const NOW = 1_800_000_000_000;

function eventText(writtenAt: number, source: 'mongo' | 'redis' = 'mongo'): string {
  const version = writtenAt * 1024;
  const event: ChangeEvent = {
    eventId: `${source}:a@x.org:${version}`,
    entity: 'users',
    key: 'a@x.org',
    op: 'upsert',
    source,
    version,
    payload: '{"email":"a@x.org"}',
  };
  return formatEvent(event);
}

/** A watch over streams and stores that the test fills. */
class World {
  now = NOW;
  common: number | Error = 0;
  reEmitting = false;
  readonly entering: Record<Direction, { texts: string[]; entered: number }> = {
    'mongo-to-redis': { texts: [], entered: 0 },
    'redis-to-mongo': { texts: [], entered: 0 },
  };
  readonly watch = new ConsistencyWatch({
    tail: (direction) => ({
      read: () => {
        const page = this.entering[direction];
        this.entering[direction] = { texts: [], entered: 0 };
        return Promise.resolve(page);
      },
    }),
    commonVersions: (records) =>
      this.common instanceof Error
        ? Promise.reject(this.common)
        : Promise.resolve(records.map(() => this.common as number)),
    isReEmitting: () => this.reEmitting,
    random: () => 0,
    now: () => this.now,
  });

  async enter(text: string, entered = 1, direction: Direction = 'mongo-to-redis'): Promise<void> {
    this.entering[direction] = { texts: [text], entered };
    await this.watch.sample();
  }

  async at(now: number): Promise<void> {
    this.now = now;
    await this.watch.check();
  }
}

describe('the consistency figure', () => {
  let world: World;
  beforeEach(() => (world = new World()));

  it('I21: says nothing before the first write was looked at', () => {
    expect(world.watch.figure()).toMatchObject({
      within1s: null,
      within10s: null,
      within60s: null,
      samples: 0,
    });
  });

  it('counts a write that both stores have within a second, for all horizons', async () => {
    await world.enter(eventText(NOW));
    expect(world.watch.figure()).toMatchObject({ within1s: null, samples: 1 });
    world.common = NOW * 1024;
    await world.at(NOW + 990);
    expect(world.watch.figure()).toMatchObject({ within1s: 1, within10s: 1, within60s: 1, samples: 1 });
  });

  it('I21: what comes after its horizon does not count for it', async () => {
    await world.enter(eventText(NOW));
    world.common = NOW * 1024 - 1;
    await world.at(NOW + 1_000);
    expect(world.watch.figure()).toMatchObject({ within1s: 0, within10s: null });
    world.common = NOW * 1024 + 5; // a newer version is as good
    await world.at(NOW + 9_990);
    expect(world.watch.figure()).toMatchObject({ within1s: 0, within10s: 1, within60s: 1 });
  });

  it('I21: a write that is seen only after its horizon counts as missed', async () => {
    world.common = Number.MAX_SAFE_INTEGER;
    await world.enter(eventText(NOW - 20_000));
    expect(world.watch.figure()).toMatchObject({ within1s: 0, within10s: 0, within60s: null });
    await world.at(NOW + 40_000);
    expect(world.watch.figure()).toMatchObject({ within1s: 0, within10s: 0, within60s: 1 });
  });

  it('I21: stores that do not answer count as missed', async () => {
    await world.enter(eventText(NOW));
    world.common = new Error('down');
    await world.at(NOW + 1_000);
    expect(world.watch.figure().within1s).toBe(0);
  });

  it('a sample stands for the writes that entered beside it', async () => {
    world.common = NOW * 1024;
    await world.enter(eventText(NOW), 3);
    await world.enter(eventText(NOW + 1), 1);
    await world.at(NOW + 1_000);
    expect(world.watch.figure()).toMatchObject({ within1s: 0.75, samples: 2 });
  });

  it('looks neither at echoes nor at what is published again', async () => {
    await world.enter(eventText(NOW, 'redis'));
    world.reEmitting = true;
    await world.enter(eventText(NOW));
    expect(world.watch.figure().samples).toBe(0);
    await world.enter(eventText(NOW, 'redis'), 1, 'redis-to-mongo');
    expect(world.watch.figure().samples).toBe(1);
  });

  it('forgets after an hour', async () => {
    world.common = NOW * 1024;
    await world.enter(eventText(NOW));
    await world.at(NOW + 1_000);
    world.now = NOW + 62 * 60_000;
    expect(world.watch.figure()).toMatchObject({ within1s: null, samples: 0 });
  });
});

describe('a store that does not answer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is asked once, not by a growing queue that stopping would have to wait for', async () => {
    let asked = 0;
    let fail: (error: Error) => void = () => undefined;
    const watch = new ConsistencyWatch({
      tail: () => ({
        read: () => {
          asked += 1;
          return new Promise((_resolve, reject) => (fail = reject));
        },
      }),
      commonVersions: () => Promise.resolve([]),
      isReEmitting: () => false,
    });
    watch.start();
    jest.advanceTimersByTime(10_000);
    expect(asked).toBe(1);
    const stopped = watch.stop();
    fail(new Error('down'));
    await jest.advanceTimersByTimeAsync(0);
    fail(new Error('down')); // the other direction
    await stopped;
    expect(asked).toBe(2);
  });
});
