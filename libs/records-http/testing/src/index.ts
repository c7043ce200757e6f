/** What tests of servers of records share. Not shipped. */
export * from '../../src/testing/users-http-contract.js';
