import { InMemoryBus } from '@redis-mongo-sync/redis-streams/testing';
import type { DynamicModule } from '@nestjs/common';
import { REDIS_STREAMS_OPTIONS, type RedisStreamsModuleOptions } from '../../src/redis-streams-options.js';
import { RedisStreamsModule } from '../../src/redis-streams.module.js';

export type TestingRedisStreamsOptions = Pick<RedisStreamsModuleOptions, 'streams' | 'subscribe'>;

/** What is used of a `TestingModuleBuilder` of @nestjs/testing. */
export interface OverridableModule<Builder> {
  overrideProvider(token: symbol): { useValue(value: unknown): Builder };
}

export interface TestingRedisStreams {
  /** To look into: `await bus.settled()`, `bus.events(stream)`, `bus.effects`, `bus.deadLetters(stream)`. */
  readonly bus: InMemoryBus;
  /** In place of `RedisStreamsModule.forRoot(…)`, for the test of one part. */
  readonly module: DynamicModule;
  /** For the test of a whole application: its own `RedisStreamsModule` gets this bus, and asks for no Redis. */
  override<Builder>(builder: OverridableModule<Builder>): Builder;
}

/** Three tries as ever, but without the waits. */
const NO_WAITS = [0, 0, 0];

/** Messaging without Redis for one test. The application closes the bus; take a new one for each test. */
export function testingRedisStreams({
  streams,
  subscribe,
}: TestingRedisStreamsOptions = {}): TestingRedisStreams {
  const bus = new InMemoryBus(streams === undefined ? {} : { streams });
  const options: RedisStreamsModuleOptions = { bus, subscribe: { retryDelaysMs: NO_WAITS, ...subscribe } };
  return {
    bus,
    module: RedisStreamsModule.forRoot(options),
    override: (builder) => builder.overrideProvider(REDIS_STREAMS_OPTIONS).useValue(options),
  };
}
