import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { StoreUnavailableError } from '@redis-mongo-sync/sync-core';
import { SyncBench } from '../support/sync-bench.js';

describeWith(describe, redisUnavailableReason())('metrics while Redis is down', () => {
  it('say that the store is unavailable, which is no fault of the service', async () => {
    const bench = await SyncBench.start();
    try {
      await bench.server.kill('SIGKILL');
      await expect(bench.engine.status.report()).rejects.toBeInstanceOf(StoreUnavailableError);
    } finally {
      await bench.stop();
    }
  });
});
