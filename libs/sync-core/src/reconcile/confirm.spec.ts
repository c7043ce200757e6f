import { USERS } from '../domain/users.js';
import { eventFromImage, type MongoImage } from '../domain/mongo-image.js';
import { confirm, type Confirmation } from './confirm.js';
import type { RedisHolding } from './difference.js';
import type { RedisSide } from './sides.js';

const KEY = 'a@x.org';
const PATIENCE_MS = 1_000;

const digestOf: RedisSide['digestOf'] = (event) => `${event.version}${event.payload}`;

function imageAt(version: number, name = 'Ada'): MongoImage {
  return { id: '1', key: KEY, version, source: 'mongo', deleted: false, fields: { email: KEY, name } };
}

function holdingOf(image: MongoImage, more: Partial<RedisHolding> = {}): RedisHolding {
  const version = image.version ?? 0;
  return {
    state: 'live',
    version,
    digest: digestOf(eventFromImage(USERS, image, version), 'content'),
    indexed: true,
    inFlight: false,
    ...more,
  };
}

/** Two stores and a capture that change between the looks, as a test says. */
class World {
  now = 0;
  readonly looks: string[] = [];
  mongo: (reads: number) => MongoImage | undefined = () => imageAt(1);
  redis: (reads: number) => RedisHolding = () => holdingOf(imageAt(1));
  passed: (asked: number) => boolean = () => true;
  private mongoReads = 0;
  private redisReads = 0;
  private asked = 0;

  run(): Promise<Confirmation> {
    return confirm([KEY], {
      entity: USERS,
      depth: 'content',
      patienceMs: PATIENCE_MS,
      signal: new AbortController().signal,
      clock: {
        now: () => this.now,
        pause: (ms) => {
          this.now += ms;
          return Promise.resolve();
        },
      },
      authority: {
        current: () => {
          this.looks.push('mongo');
          const image = this.mongo(this.mongoReads++);
          return Promise.resolve(new Map(image ? [[KEY, image]] : []));
        },
      },
      capture: {
        now: () => {
          this.looks.push('now');
          return Promise.resolve(1n);
        },
        hasPassed: () => Promise.resolve(this.passed(this.asked++)),
      },
      redis: {
        digestOf,
        holdings: () => {
          this.looks.push('redis');
          return Promise.resolve([this.redis(this.redisReads++)]);
        },
      } as unknown as RedisSide,
    });
  }
}

describe('confirm', () => {
  let world: World;
  beforeEach(() => (world = new World()));

  it('reads Mongo, then the time, then Redis, then Mongo again', async () => {
    world.redis = () => holdingOf(imageAt(0), { version: 0 });
    expect((await world.run()).differences).toEqual([
      { key: KEY, kind: 'older', mongoVersion: 1, redisVersion: 0 },
    ]);
    expect(world.looks).toEqual(['mongo', 'now', 'redis', 'mongo']);
  });

  it('I20: a write that is not captured yet is no difference: capture is waited for', async () => {
    let captured = false;
    world.mongo = () => imageAt(2);
    world.passed = (asked) => (captured = asked >= 3);
    world.redis = () => holdingOf(imageAt(captured ? 2 : 1));
    expect(await world.run()).toEqual({ differences: [], settling: [] });
  });

  it('I20: what is in flight is settling, not different', async () => {
    world.mongo = () => imageAt(2);
    world.redis = (reads) => (reads < 3 ? holdingOf(imageAt(1), { inFlight: true }) : holdingOf(imageAt(2)));
    expect(await world.run()).toEqual({ differences: [], settling: [] });
  });

  it('I20: what is in flight for longer than patience lasts stays settling', async () => {
    world.redis = () => holdingOf(imageAt(5), { inFlight: true });
    expect(await world.run()).toEqual({ differences: [], settling: [KEY] });
    expect(world.now).toBeGreaterThanOrEqual(PATIENCE_MS);
  });

  it('I20: a record that Mongo changed between the looks is settling', async () => {
    world.mongo = (reads) => imageAt(2 + reads); // it never stands still
    expect(await world.run()).toEqual({ differences: [], settling: [KEY] });
  });

  it('I20: so is one whose content an outsider changed without moving the version', async () => {
    world.mongo = (reads) => imageAt(1, `name ${reads}`);
    expect(await world.run()).toEqual({ differences: [], settling: [KEY] });
  });

  it('I20: while capture does not move, nothing is different', async () => {
    world.passed = () => false;
    world.redis = () => holdingOf(imageAt(9));
    expect(await world.run()).toEqual({ differences: [], settling: [KEY] });
  });

  it('a document that came or went between the looks is settling', async () => {
    world.mongo = (reads) => (reads === 0 ? undefined : imageAt(reads));
    world.redis = () => ({ state: 'absent', version: 0, digest: '', indexed: false, inFlight: false });
    expect((await world.run()).settling).toEqual([KEY]);
  });
});
