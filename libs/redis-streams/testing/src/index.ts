/** Testing kit: `@redis-mongo-sync/redis-streams/testing`. */
export { InMemoryBus, type InMemoryBusOptions } from '../../src/testing/in-memory-bus.js';
export {
  CONTRACT_STREAMS,
  messagingContract,
  type ContractBus,
  type ContractTools,
} from '../../src/testing/messaging-contract.js';
export { eventually, type EventuallyOptions } from '../../src/testing/eventually.js';
export { ManualClock } from '../../src/testing/manual-clock.js';
