import { describe } from '@jest/globals';
import { describeWith, redisUnavailableReason } from '#libs/dev-servers';
import { captureJournalContract } from '../../../sync-core/src/testing/capture-journal-contract.js';
import { projectionTargetContract } from '../../../sync-core/src/testing/projection-target-contract.js';
import { startPrivateRedisStage } from '../testing/private-redis-stage.js';

describeWith(describe, redisUnavailableReason())('the ports of the sync on Redis', () => {
  projectionTargetContract('RedisProjectionTarget', startPrivateRedisStage);
  captureJournalContract('RedisCaptureJournal', startPrivateRedisStage);
});
