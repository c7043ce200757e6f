import type { MessageContext, MessageEvent } from '@redis-mongo-sync/redis-streams';
import { BaseRpcContext } from '@nestjs/microservices';
import { REQUEST_TYPE } from './rpc-packets.js';

/** `@Ctx()` of a handler: the event with its envelope, and what the bus gives (effects, signal, attempt). */
export class RedisStreamsContext extends BaseRpcContext<[event: MessageEvent, message: MessageContext]> {
  getEvent(): MessageEvent {
    return this.args[0];
  }

  getMessage(): MessageContext {
    return this.args[1];
  }

  /** False for a request, whose sender gets the exception as its answer. */
  get isEvent(): boolean {
    return this.getEvent().type !== REQUEST_TYPE;
  }
}
