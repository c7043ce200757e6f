import type { MessageBus, SubscribeOptions } from '@redis-mongo-sync/redis-streams';
import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { groupHandlers } from './group-handlers.js';
import type { HandlerMethods } from './handler-methods.js';

/** Subscribes every `@StreamHandler` method when the application is up; ends what it has begun before it goes. */
export class StreamHandlerExplorer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly bus: MessageBus,
    private readonly closeBus: () => Promise<void>,
    private readonly methods: HandlerMethods,
    private readonly defaults: SubscribeOptions = {},
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { bus, defaults } = this;
    await Promise.all(
      groupHandlers(this.methods.find()).map(({ stream, group, routes, options }) =>
        bus.consumer.subscribeRoutes(stream, group, routes, { ...defaults, ...options }),
      ),
    );
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.closeBus();
  }
}
