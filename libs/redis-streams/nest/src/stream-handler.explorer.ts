import {
  RedisMessageBus,
  type BatchMessageHandler,
  type MessageBus,
  type MessageHandler,
  type SubscribeOptions,
} from '@redis-mongo-sync/redis-streams';
import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { StreamHandler } from './stream-handler.decorator.js';

/** Subscribes every `@StreamHandler` method when the application is up; ends what it has begun before it goes. */
export class StreamHandlerExplorer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly bus: MessageBus,
    private readonly closeBus: () => Promise<void>,
    private readonly nest: { readonly discovery: DiscoveryService; readonly scanner: MetadataScanner },
    private readonly defaults: SubscribeOptions = {},
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { discovery, scanner } = this.nest;
    for (const wrapper of [...discovery.getProviders(), ...discovery.getControllers()]) {
      const instance: unknown = wrapper.instance;
      if (!wrapper.isDependencyTreeStatic() || typeof instance !== 'object' || instance === null) continue;
      for (const method of scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const options = discovery.getMetadataByDecorator(StreamHandler, wrapper, method);
        if (!options) continue;
        const { stream, group, batch = false, ...own } = options;
        const target = (instance as Record<string, (...args: unknown[]) => unknown>)[method];
        if (!target) continue;
        const handler: unknown = target.bind(instance);
        const settings = { ...this.defaults, ...own };
        if (batch)
          await this.bus.consumer.subscribeBatch(stream, group, handler as BatchMessageHandler, settings);
        else await this.bus.consumer.subscribe(stream, group, handler as MessageHandler, settings);
        if (this.bus instanceof RedisMessageBus) this.bus.keepDeadLetters(stream);
      }
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.closeBus();
  }
}
