import { randomUUID } from 'node:crypto';
import { blockingTwin, type MessageBus, type NewEvent } from '@redis-mongo-sync/redis-streams';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import { transportBus, type TransportBus, type TransportBusOptions } from './transport-bus.js';
import type { TransportEvents, TransportStatus } from './redis-streams.server.js';
import { parsePattern, REQUEST_TYPE, requestStream, type RpcReply } from './rpc-packets.js';

export interface RedisStreamsClientOptions extends TransportBusOptions {
  /** Queue of the server that answers `send`. Not needed for `emit`. */
  readonly queue?: string;
  /** How long `send` waits. Default 10 s. */
  readonly timeoutMs?: number;
}

export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';
}

/** What `emit` takes instead of mere data, to say more than that: `new StreamRecord(data, { key, id })`. */
export class StreamRecord<Data = unknown> {
  constructor(
    readonly data: Data,
    readonly envelope: Partial<Omit<NewEvent, 'data'>> = {},
  ) {}
}

interface Waiting {
  readonly callback: (packet: WritePacket) => void;
  next: number;
}

/** `emit` publishes an event, once; `send` asks a `RedisStreamsServer` and waits for its answer. */
export class RedisStreamsClient extends ClientProxy<TransportEvents, TransportStatus> {
  private readonly replyTo = `rpc:replies-${randomUUID()}`;
  private readonly waiting = new Map<string, Waiting>();
  private readonly listeners: [event: string, callback: (...args: never[]) => void][] = [];
  private connecting: Promise<TransportBus> | undefined;
  private transport: TransportBus | undefined;
  private reader: Redis | undefined;

  constructor(private readonly options: RedisStreamsClientOptions) {
    super();
  }

  async connect(): Promise<MessageBus> {
    this.connecting ??= this.open();
    return (await this.connecting).bus;
  }

  private async open(): Promise<TransportBus> {
    const transport = await transportBus(this.options, 'nest-client');
    const { commands } = transport;
    if (commands?.status === 'ready') this._status$.next('connected');
    commands?.on('ready', () => this._status$.next('connected'));
    commands?.on('reconnecting', () => this._status$.next('reconnecting'));
    for (const [event, callback] of this.listeners) commands?.on(event as 'ready', callback);
    this.transport = transport;
    return transport;
  }

  async close(): Promise<void> {
    const transport = await this.connecting;
    const { reader } = this;
    this.connecting = this.transport = this.reader = undefined;
    for (const { callback } of [...this.waiting.values()]) callback({ err: new Error('Connection closed') });
    this.waiting.clear();
    reader?.disconnect();
    if (reader) await transport?.commands?.del(this.replyTo, `${this.replyTo}:~last`).catch(() => undefined);
    await transport?.close();
    this._status$.next('disconnected');
  }

  override on<Name extends keyof TransportEvents>(event: Name, callback: TransportEvents[Name]): void {
    this.listeners.push([event, callback]);
    this.transport?.commands?.on(event, callback);
  }

  unwrap<T>(): T {
    if (!this.transport) throw new Error('The client is not connected yet: call connect() first');
    return this.transport.bus as T;
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const { queue, timeoutMs = 10_000 } = this.options;
    const id = randomUUID();
    const end = (): void => {
      clearTimeout(timer);
      this.waiting.delete(id);
    };
    const fail = (err: unknown): void => {
      end();
      callback({ err, isDisposed: true });
    };
    const late = (): void => fail(new RequestTimeoutError(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    this.waiting.set(id, { callback, next: 0 });
    this.readReplies();
    const { transport } = this;
    if (queue === undefined || !transport?.commands) {
      fail(new Error('RedisStreamsClient needs the option `queue`, and a bus on Redis, to send requests'));
      return end;
    }
    const pattern = this.normalizePattern(packet.pattern as string);
    const payload: unknown = packet.data;
    const data = {
      pattern,
      data: payload,
      replyTo: this.replyTo,
      deadline: Date.now() + timeoutMs,
    };
    transport.bus.producer.publish(requestStream(queue), { id, type: REQUEST_TYPE, data }).catch(fail);
    return end;
  }

  protected async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { stream, type } = parsePattern(this.normalizePattern(packet.pattern as string));
    const given: unknown = packet.data;
    const record: StreamRecord =
      given instanceof StreamRecord ? (given as StreamRecord) : new StreamRecord(given);
    const event = { type: type ?? stream.replaceAll(':', '.'), ...record.envelope, data: record.data };
    const bus = await this.connect();
    return (await bus.producer.publish(stream, event)) as T;
  }

  /** One loop for all requests; it ends with the client. */
  private readReplies(): void {
    const commands = this.transport?.commands;
    if (this.reader || !commands) return;
    const reader = blockingTwin(commands, { lazyConnect: false, retryStrategy: () => 200 });
    this.reader = reader;
    void this.readLoop(reader);
  }

  private async readLoop(reader: Redis): Promise<void> {
    let last = '0-0';
    while (this.reader === reader) {
      try {
        const reply = await reader.xread('COUNT', 100, 'BLOCK', 1_000, 'STREAMS', this.replyTo, last);
        for (const [id, fields] of reply?.[0]?.[1] ?? []) {
          last = id;
          this.take(JSON.parse(fields[1] ?? '{}') as RpcReply);
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50)); // the connection is being made anew
      }
    }
  }

  private take({ id, sequence, ...packet }: RpcReply): void {
    const waiting = this.waiting.get(id);
    if (!waiting || sequence < waiting.next) return;
    waiting.next = sequence + 1;
    waiting.callback(packet);
  }
}
