import type { MessageBus } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { openBus, type OwnedBus } from '../owned-bus.js';
import type { RedisStreamsModuleOptions } from '../redis-streams-options.js';

/** Either `bus` or `url`; the others are for a bus of the transport's own, and mean what they mean for the module. */
export interface TransportBusOptions extends Pick<
  RedisStreamsModuleOptions,
  'streams' | 'timings' | 'registry' | 'observer' | 'deadLetters'
> {
  /** Where Redis is. */
  readonly url?: string;
  /** The application's bus, `app.get(MessageBus)`: one bus, one connection, one observer. Its owner closes it. */
  readonly bus?: MessageBus;
}

export interface TransportBus extends OwnedBus {
  readonly commands?: Redis;
}

/** The bus of a transport: the application's, or one of its own with log, metrics, tracing and alerts. */
export async function transportBus(options: TransportBusOptions, name: string): Promise<TransportBus> {
  const { bus } = options;
  if (!bus) return openBus(options, name);
  for (const [stream, definition] of Object.entries(options.streams ?? {})) bus.define(stream, definition);
  const commands = 'commands' in bus ? { commands: bus.commands as Redis } : {};
  return { bus, ...commands, close: () => Promise.resolve() };
}
