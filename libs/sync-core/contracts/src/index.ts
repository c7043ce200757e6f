/** The contract suites of the ports: functions that a spec calls with its store. They need Jest. Not shipped. */
export * from '../../src/testing/capture-journal-contract.js';
export * from '../../src/testing/projection-target-contract.js';
export * from '../../src/testing/record-store-contract.js';
export * from '../../src/testing/record-target-contract.js';
