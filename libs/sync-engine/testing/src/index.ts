/** Parts of the engine for tests that run them over stores of their own: `@redis-mongo-sync/sync-engine/testing`. */
export { CaptureFlow } from '../../src/flows/capture.flow.js';
export { DoubtsRepair, type DoubtsRepairOptions } from '../../src/healing/doubts-repair.js';
export {
  LostStreamRepair,
  type LostStreamRepairOptions,
} from '../../src/healing/ledger/lost-stream-repair.js';
export { textOf } from '../../src/healing/ledger/missing-entries.js';
