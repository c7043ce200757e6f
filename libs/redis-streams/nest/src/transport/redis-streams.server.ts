import {
  TerminalError,
  type MessageContext,
  type MessageEvent,
  type SubscribeOptions,
  type Subscription,
} from '@redis-mongo-sync/redis-streams';
import {
  RpcException,
  Server,
  type CustomTransportStrategy,
  type ReadPacket,
  type WritePacket,
} from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { keepExceptionsOfEvents } from './keep-exceptions.js';
import { sendReply } from './reply-script.js';
import { RedisStreamsContext } from './redis-streams.context.js';
import { isRequest, parsePattern, requestStream } from './rpc-packets.js';
import { transportBus, type TransportBus, type TransportBusOptions } from './transport-bus.js';

export interface RedisStreamsServerOptions extends TransportBusOptions {
  /** Consumer group of this service: its instances share the events. */
  readonly group: string;
  /** Requests of `RedisStreamsClient`s with this queue come here. Default: the group. */
  readonly queue?: string;
  readonly subscribe?: SubscribeOptions;
}

export type TransportStatus = 'connected' | 'reconnecting' | 'disconnected';
export type TransportEvents = Record<'ready' | 'reconnecting' | 'end', () => void> & {
  error: (error: Error) => void;
};

/**
 * Redis Streams as a Nest transport. Events: at least once; an exception means what it means for the bus: retried,
 * dead-lettered, or an outage to wait for. Requests: answered while somebody waits; a handler's exception is its answer.
 */
export class RedisStreamsServer
  extends Server<TransportEvents, TransportStatus>
  implements CustomTransportStrategy
{
  override readonly transportId = Symbol.for('REDIS_STREAMS');
  /** Else Nest would swallow the exceptions of event handlers, and nothing would be retried. */
  override readonly propagatesEventHandlerErrors = true;
  private transport: TransportBus | undefined;
  private readonly subscriptions: Subscription[] = [];
  private readonly listeners: [event: string, callback: (...args: never[]) => void][] = [];

  constructor(private readonly options: RedisStreamsServerOptions) {
    super();
    keepExceptionsOfEvents();
    this.initializeSerializer({});
    this.initializeDeserializer({});
  }

  listen(callback: (error?: unknown) => void): void {
    this.begin().then(() => callback(), callback);
  }

  /** Finishes what is in hand. */
  async close(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((one) => one.unsubscribe()));
    await this.transport?.close();
    this._status$.next('disconnected');
  }

  on<Name extends keyof TransportEvents>(event: Name, callback: TransportEvents[Name]): void {
    this.listeners.push([event, callback]);
    this.transport?.commands?.on(event, callback);
  }

  unwrap<T>(): T {
    if (!this.transport)
      throw new Error('The server is not listening yet: call listen() or startAllMicroservices() first');
    return this.transport.bus as T;
  }

  private async begin(): Promise<void> {
    const { group, queue = group, subscribe } = this.options;
    const transport = await transportBus(this.options, `nest-${group}`);
    this.transport = transport;
    this.tellStatus(transport);
    const { consumer } = transport.bus;
    for (const [stream, patterns] of this.eventPatterns()) {
      const handler = (event: MessageEvent, context: MessageContext) =>
        this.handleOne(patterns, event, context);
      this.subscriptions.push(await consumer.subscribe(stream, group, handler, subscribe));
    }
    if ([...this.messageHandlers.values()].every(({ isEventHandler }) => isEventHandler)) return;
    if (!transport.commands) throw new TypeError('requests need a bus on Redis: their answers go there');
    const answer = (event: MessageEvent, context: MessageContext) => this.answer(event, context);
    const options = { ...subscribe, retries: 0 };
    this.subscriptions.push(await consumer.subscribe(requestStream(queue), group, answer, options));
  }

  private tellStatus({ commands }: TransportBus): void {
    if (!commands) return;
    if (commands.status === 'ready') this._status$.next('connected');
    commands.on('ready', () => this._status$.next('connected'));
    commands.on('reconnecting', () => this._status$.next('reconnecting'));
    for (const [event, callback] of this.listeners) commands.on(event as 'ready', callback);
  }

  /** The patterns of event handlers, by the stream they are about. */
  private eventPatterns(): ReadonlyMap<string, readonly string[]> {
    const streams = new Map<string, string[]>();
    for (const [pattern, { isEventHandler }] of this.messageHandlers) {
      if (!isEventHandler) continue;
      const { stream } = parsePattern(pattern);
      streams.set(stream, [...(streams.get(stream) ?? []), pattern]);
    }
    return streams;
  }

  private async handleOne(
    patterns: readonly string[],
    event: MessageEvent,
    message: MessageContext,
  ): Promise<void> {
    for (const pattern of patterns) {
      const { type } = parsePattern(pattern);
      if (type !== null && type !== event.type) continue;
      await this.handleEvent(
        pattern,
        { pattern, data: event.data },
        new RedisStreamsContext([event, message]),
      );
    }
  }

  override async handleEvent(
    pattern: string,
    packet: ReadPacket,
    context: RedisStreamsContext,
  ): Promise<void> {
    const handler = this.messageHandlers.get(pattern);
    if (!handler) return;
    let failure: { readonly error: unknown } | undefined;
    await this.runWithHooks(context, async () => {
      try {
        const result: unknown = await handler(packet.data, context);
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      } catch (error) {
        failure = { error };
      }
    });
    if (failure) throw asEventFailure(failure.error);
  }

  private async runWithHooks(context: RedisStreamsContext, work: () => Promise<void>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        await work().finally(end).then(resolve, reject);
      });
    });
  }

  private async answer(event: MessageEvent, message: MessageContext): Promise<void> {
    const { data } = event;
    if (!isRequest(data)) throw new TerminalError('not a request');
    if (Date.now() > data.deadline) return; // nobody waits for it any more
    let sequence = 0;
    const respond = async (packet: WritePacket): Promise<void> => {
      const commands = this.transport?.commands;
      const err = packet.err === undefined ? {} : { err: plain(packet.err) };
      if (commands)
        await sendReply(commands, data.replyTo, { ...packet, ...err, id: event.id, sequence: sequence++ });
    };
    const handler = this.messageHandlers.get(data.pattern);
    if (!handler || handler.isEventHandler) {
      await respond({ err: `There is no handler for ${data.pattern.slice(0, 100)}`, isDisposed: true });
      return;
    }
    const context = new RedisStreamsContext([event, message]);
    await this.runWithHooks(context, async () => {
      const stream$ = this.transformToObservable(await handler(data.data, context));
      await new Promise<void>((resolve) => {
        this.send(stream$, async (packet) => {
          await respond(packet).finally(() => {
            if (packet.isDisposed) resolve();
          });
        });
      });
    });
  }
}

/**
 * `RpcException`: the message is wrong, dead letters at once (unless it wraps another error, which then
 * counts). Nest's filter makes an object or a text of it, which is never what else was thrown.
 */
function asEventFailure(error: unknown): Error {
  if (error instanceof RpcException) {
    const inner = error.getError();
    return inner instanceof Error ? inner : new TerminalError(error.message);
  }
  return error instanceof Error ? error : new TerminalError(describe(error));
}

function describe(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** An answer must survive JSON; stacks stay here. */
function plain(error: unknown): unknown {
  if (error instanceof RpcException) return error.getError();
  return error instanceof Error ? { status: 'error', message: error.message } : error;
}
