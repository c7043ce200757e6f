import { captureJournalContract } from '../../../libs/sync-core/src/testing/capture-journal-contract.js';
import { projectionTargetContract } from '../../../libs/sync-core/src/testing/projection-target-contract.js';
import { recordTargetContract } from '../../../libs/sync-core/src/testing/record-target-contract.js';
import { SimRedisStage, simMongoStage } from './sim-stages.js';

// The contracts that the real adapters pass: what passes may stand in for them.
projectionTargetContract('simulated Redis', () => Promise.resolve(new SimRedisStage()));
captureJournalContract('simulated Redis', () => Promise.resolve(new SimRedisStage()));
recordTargetContract('simulated MongoDB', () => Promise.resolve(simMongoStage()));
