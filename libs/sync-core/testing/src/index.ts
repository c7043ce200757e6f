/** What tests of the ports' implementers share: stores in memory, vectors. Not shipped. */
export * from '../../src/testing/in-memory-record-store.js';
export * from '../../src/testing/lww-vectors.js';
export * from '../../src/testing/redis-stage.js';
