import { DiscoveryService } from '@nestjs/core';
import type { SubscribeOptions } from '@redis-mongo-sync/redis-streams';

export interface StreamHandlerOptions extends SubscribeOptions {
  readonly stream: string;
  readonly group: string;
  /** The method takes a list of deliveries instead of one event and its context. */
  readonly batch?: boolean;
}

/** `@StreamHandler({ stream, group })`: the method handles the events of the stream, for that group. */
export const StreamHandler = DiscoveryService.createDecorator<StreamHandlerOptions>();
