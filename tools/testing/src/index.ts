export { eventually, type EventuallyOptions } from '@redis-mongo-sync/redis-streams/testing';
export { inLanes } from './in-lanes.js';
export { isAlive } from './is-alive.js';
export * from './random.js';
export { sourceArguments } from './run-source.js';
export { TcpProxy } from './tcp-proxy.js';
