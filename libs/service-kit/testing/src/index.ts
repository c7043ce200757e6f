/** What tests of HTTP services share. Not shipped. */
export * from '../../src/testing/http-probe.js';
