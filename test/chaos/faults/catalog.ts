import { CLOCK_FAULTS } from './clock-faults.js';
import type { Fault } from './fault.js';
import { MONGO_FAULTS } from './mongo-faults.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { REDIS_FAULTS } from './redis-faults.js';
import { SERVICE_FAULTS } from './service-faults.js';

/** Every kind of fault there is. */
export const FAULTS: readonly Fault[] = [
  ...SERVICE_FAULTS,
  ...REDIS_FAULTS,
  ...MONGO_FAULTS,
  ...NETWORK_FAULTS,
  ...CLOCK_FAULTS,
];
