import { describe, expect, it } from '@jest/globals';
import { USERS } from '@redis-mongo-sync/sync-core';
import { SyncEngine } from '@redis-mongo-sync/sync-engine';
import { MongoClient } from 'mongodb';

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:9';

function engineOverNothing() {
  const mongo = new MongoClient(`mongodb://${NOWHERE}/`, { serverSelectionTimeoutMS: 10_000 });
  const engine = new SyncEngine({
    mongo,
    database: 'nowhere',
    redisUrl: `redis://${NOWHERE}`,
    entities: [USERS],
  });
  return { engine, mongo };
}

describe('an engine whose stores are down', () => {
  it('starts, waits, says so, and stops in time', async () => {
    const { engine, mongo } = engineOverNothing();
    expect(engine.mode).toBe('idle');
    engine.start();
    expect(engine.mode).toBe('running');
    expect(() => engine.start()).toThrow('an engine starts once; this one is running');
    const up: string[] = [];
    for (const check of engine.status.healthChecks()) {
      const fact = await check();
      if (fact.up) up.push(fact.name);
    }
    expect(up).not.toContain('redis');
    expect(up).not.toContain('mongo');

    const before = Date.now();
    const stopping = engine.stop(300);
    expect(engine.mode).toBe('draining');
    expect(engine.stop(300)).toBe(stopping);
    await stopping;
    expect(engine.mode).toBe('stopped');
    expect(Date.now() - before).toBeLessThan(5_000); // MongoDB's driver alone would take ten seconds
    expect(() => engine.start()).toThrow('this one is stopped');
    await mongo.close();
  }, 30_000);

  it('can be stopped without having been started', async () => {
    const { engine, mongo } = engineOverNothing();
    await engine.stop(100);
    expect(engine.mode).toBe('stopped');
    await mongo.close();
  });
});
