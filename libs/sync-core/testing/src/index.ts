/** What tests of the ports' implementers share: contract suites, stores in memory. Not shipped. */
export * from '../../src/testing/capture-journal-contract.js';
export * from '../../src/testing/in-memory-record-store.js';
export * from '../../src/testing/projection-target-contract.js';
export * from '../../src/testing/record-rules.js';
export * from '../../src/testing/record-store-contract.js';
export * from '../../src/testing/record-target-contract.js';
export * from '../../src/testing/redis-stage.js';
export * from '../../src/testing/lww-vectors.js';
