import { describe } from '@jest/globals';
import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { captureJournalContract, projectionTargetContract } from '@redis-mongo-sync/sync-core/contracts';
import { startPrivateRedisStage } from '../testing/private-redis-stage.js';

describeWith(describe, redisUnavailableReason())('the ports of the sync on Redis', () => {
  projectionTargetContract('RedisProjectionTarget', startPrivateRedisStage);
  captureJournalContract('RedisCaptureJournal', startPrivateRedisStage);
});
