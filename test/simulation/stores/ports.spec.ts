import {
  captureJournalContract,
  projectionTargetContract,
  recordTargetContract,
} from '@redis-mongo-sync/sync-core/contracts';
import { SimRedisStage, simMongoStage } from './sim-stages.js';

// The contracts that the real adapters pass: what passes may stand in for them.
projectionTargetContract('simulated Redis', () => Promise.resolve(new SimRedisStage()));
captureJournalContract('simulated Redis', () => Promise.resolve(new SimRedisStage()));
recordTargetContract('simulated MongoDB', () => Promise.resolve(simMongoStage()));
