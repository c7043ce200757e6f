import fc from 'fast-check';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, EVENT_FIELD, formatEvent, type Direction } from '@redis-mongo-sync/sync-core';
import { eventually } from '@redis-mongo-sync/testing';
import { SyncBench } from '../../support/sync-bench.js';
import { badEntry, goodEvent, type Fields } from './entries.js';

const SEED = Number(process.env.FUZZ_SEED ?? 20_260_802);
const BAD = 300;

describeWith(describe, redisUnavailableReason())('whatever stands in a stream', () => {
  let bench: SyncBench;
  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  /** Appends an entry that the ledger knows of. */
  async function append(direction: Direction, fields: Fields): Promise<void> {
    await bench.redis
      .multi()
      .xadd(KEYS.stream(direction), '*', ...fields)
      .hincrby(KEYS.ledger(direction), 'captured', 1)
      .exec();
  }

  it.each(DIRECTIONS)(
    `I14: ${BAD} bad entries on %s (seed ${SEED}) are a dead letter each, and the good ones between them are applied`,
    async (direction) => {
      const bad = fc.sample(badEntry(direction), { seed: SEED, numRuns: BAD });
      const before = Date.now() * 1_024;
      const keys: string[] = [];
      for (const [index, fields] of bad.entries()) {
        await append(direction, fields);
        if (index % 10 > 0) continue;
        const key = `good${index}@edge.example.org`;
        keys.push(key);
        await append(direction, [EVENT_FIELD, formatEvent(goodEvent(direction, key, before + index))]);
      }
      await eventually(
        async () => {
          const { pending, unread, missing } = await bench.engine.status.ledger(direction);
          expect({ pending, unread, missing }).toEqual({ pending: 0, unread: 0, missing: 0 });
          expect(await bench.redis.xlen(KEYS.deadLetters(direction))).toBe(BAD);
        },
        { timeoutMs: 30_000 },
      );
      const { 'dead-lettered': dead } = await bench.outcomes(direction);
      expect(dead).toBe(BAD);
      const letters = await bench.redis.xrange(KEYS.deadLetters(direction), '-', '+');
      for (const [, letter] of letters) {
        expect(letter[letter.indexOf('error') + 1]).toMatch(/^(MalformedEventError|ClockSkewError): ./);
      }
      const target = direction === 'mongo-to-redis' ? bench.inRedis() : bench.mongo();
      const states = await Promise.all(keys.map((key) => target.get(key)));
      expect(states.map(({ state }) => state)).toEqual(keys.map(() => 'live'));
      expect(bench.engine.lanes[direction].mode).not.toBe('stopped');
    },
    90_000,
  );
});
