import { randomUUID } from 'node:crypto';
import {
  blockingTwin,
  connect,
  RedisMessageBus,
  type NewEvent,
  type StreamDefinition,
} from '@redis-mongo-sync/redis-streams';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Redis } from 'ioredis';
import type { TransportEvents, TransportStatus } from './redis-streams.server.js';
import { parsePattern, REQUEST_TYPE, requestStream, type RpcReply } from './rpc-packets.js';

export interface RedisStreamsClientOptions {
  readonly url: string;
  /** Queue of the server that answers `send`. Not needed for `emit`. */
  readonly queue?: string;
  /** How long `send` waits. Default 10 s. */
  readonly timeoutMs?: number;
  readonly streams?: Readonly<Record<string, StreamDefinition>>;
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
  private commands: Redis | undefined;
  private reader: Redis | undefined;
  private bus: RedisMessageBus | undefined;

  constructor(private readonly options: RedisStreamsClientOptions) {
    super();
  }

  connect(): Promise<RedisMessageBus> {
    if (this.bus) return Promise.resolve(this.bus);
    const { url, streams = {} } = this.options;
    const commands = connect({ url, profile: 'commands', name: 'nest-client' });
    commands.on('ready', () => this._status$.next('connected'));
    commands.on('reconnecting', () => this._status$.next('reconnecting'));
    for (const [event, callback] of this.listeners) commands.on(event as 'ready', callback);
    this.commands = commands;
    this.bus = new RedisMessageBus({ commands, streams });
    return Promise.resolve(this.bus);
  }

  async close(): Promise<void> {
    const { commands, reader, bus } = this;
    this.commands = this.reader = this.bus = undefined;
    for (const { callback } of [...this.waiting.values()]) callback({ err: new Error('Connection closed') });
    this.waiting.clear();
    reader?.disconnect();
    await bus?.close();
    await commands?.del(this.replyTo, `${this.replyTo}:~last`).catch(() => undefined);
    commands?.disconnect();
    this._status$.next('disconnected');
  }

  override on<Name extends keyof TransportEvents>(event: Name, callback: TransportEvents[Name]): void {
    this.listeners.push([event, callback]);
    this.commands?.on(event, callback);
  }

  unwrap<T>(): T {
    if (!this.bus) throw new Error('The client is not connected yet: call connect() first');
    return this.bus as T;
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
    if (queue === undefined || !this.bus) {
      fail(new Error('RedisStreamsClient needs the option `queue` to send requests'));
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
    this.bus.producer.publish(requestStream(queue), { id, type: REQUEST_TYPE, data }).catch(fail);
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
    if (this.reader || !this.commands) return;
    const reader = blockingTwin(this.commands, { lazyConnect: false, retryStrategy: () => 200 });
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
