import {
  MessageBus,
  MessageConsumerService,
  MessageProducerService,
  StreamReplayer,
  type StreamDefinition,
} from '@redis-mongo-sync/redis-streams';
import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { HandlerMethods } from './handler-methods.js';
import { openBus, type OwnedBus } from './owned-bus.js';
import { RedisStreamsHealthIndicator } from './redis-streams.health.js';
import { REDIS_STREAMS_OPTIONS, type RedisStreamsModuleOptions } from './redis-streams-options.js';
import { StreamHandlerExplorer } from './stream-handler.explorer.js';

const OWNED_BUS = Symbol('REDIS_STREAMS_OWNED_BUS');
let features = 0;

export interface RedisStreamsAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly useFactory: (
    ...dependencies: never[]
  ) => Promise<RedisStreamsModuleOptions> | RedisStreamsModuleOptions;
  readonly inject?: FactoryProvider['inject'];
}

const providers: Provider[] = [
  { provide: OWNED_BUS, useFactory: openBus, inject: [REDIS_STREAMS_OPTIONS] },
  { provide: MessageBus, useFactory: ({ bus }: OwnedBus) => bus, inject: [OWNED_BUS] },
  { provide: MessageProducerService, useFactory: (bus: MessageBus) => bus.producer, inject: [MessageBus] },
  { provide: MessageConsumerService, useFactory: (bus: MessageBus) => bus.consumer, inject: [MessageBus] },
  { provide: StreamReplayer, useFactory: (bus: MessageBus) => bus.replayer, inject: [MessageBus] },
  {
    provide: RedisStreamsHealthIndicator,
    useFactory: (bus: MessageBus) => new RedisStreamsHealthIndicator(bus),
    inject: [MessageBus],
  },
  {
    provide: HandlerMethods,
    useFactory: (discovery: DiscoveryService, scanner: MetadataScanner, moduleRef: ModuleRef) =>
      new HandlerMethods(discovery, scanner, moduleRef),
    inject: [DiscoveryService, MetadataScanner, ModuleRef],
  },
  {
    provide: StreamHandlerExplorer,
    useFactory: (
      { close }: OwnedBus,
      bus: MessageBus,
      options: RedisStreamsModuleOptions,
      methods: HandlerMethods,
    ) => new StreamHandlerExplorer(bus, close, methods, options.subscribe),
    inject: [OWNED_BUS, MessageBus, REDIS_STREAMS_OPTIONS, HandlerMethods],
  },
];
const shared = [
  MessageBus,
  MessageProducerService,
  MessageConsumerService,
  StreamReplayer,
  RedisStreamsHealthIndicator,
];

/** Messaging for a Nest application: one bus, its services, and every `@StreamHandler` subscribed. */
@Module({})
export class RedisStreamsModule {
  /** Once, in the root module; global. */
  static forRoot(options: RedisStreamsModuleOptions): DynamicModule {
    return RedisStreamsModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: RedisStreamsAsyncOptions): DynamicModule {
    return {
      module: RedisStreamsModule,
      global: true,
      imports: [DiscoveryModule, ...imports],
      providers: [{ provide: REDIS_STREAMS_OPTIONS, inject, useFactory }, ...providers],
      exports: shared,
    };
  }

  /** The streams of a feature: their partitions and trimming, next to the code that uses them. */
  static forFeature(streams: Readonly<Record<string, StreamDefinition>>): DynamicModule {
    const token = Symbol(`REDIS_STREAMS_FEATURE_${(features += 1)}`);
    const define = (bus: MessageBus): readonly string[] => {
      for (const [name, definition] of Object.entries(streams)) bus.define(name, definition);
      return Object.keys(streams);
    };
    return {
      module: FeatureStreamsModule,
      providers: [{ provide: token, useFactory: define, inject: [MessageBus] }],
    };
  }
}

@Module({})
class FeatureStreamsModule {}
