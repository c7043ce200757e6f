import {
  connect,
  loadTracing,
  observeAll,
  RedisMessageBus,
  type MessageBus,
  type MessagingObserver,
} from '@redis-mongo-sync/redis-streams';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { MessagingMetrics } from './messaging-metrics.js';
import type { MetricsRegistry, RedisStreamsModuleOptions } from './redis-streams-options.js';

/** A bus and what has to be closed after it. */
export interface OwnedBus {
  readonly bus: MessageBus;
  /** Undefined for a bus of the caller's. */
  readonly commands?: Redis;
  readonly close: () => Promise<void>;
}

/** `name` is shown in Redis' list of clients. */
export async function openBus(options: RedisStreamsModuleOptions, name = 'redis-streams'): Promise<OwnedBus> {
  const metrics = options.registry && (await metricsIn(options.registry));
  if (options.bus) {
    const { bus } = options;
    for (const [name, definition] of Object.entries(options.streams ?? {})) bus.define(name, definition);
    return { bus, close: () => bus.close() };
  }
  if (options.url === undefined) throw new TypeError('messaging needs a `url` or a `bus`');
  const logger = new Logger('RedisStreams');
  const onError = (error: Error): void => logger.warn(`Redis: ${error.message || error.name}`);
  const commands = connect({ url: options.url, profile: 'commands', name, onError });
  const observers = [logsOf(logger), metrics, options.observer].filter((one) => one !== undefined);
  const bus = new RedisMessageBus({
    ...options,
    commands,
    tracing: await loadTracing(),
    observer: observeAll(observers),
  });
  const unwatch = metrics?.watch(bus);
  const close = async (): Promise<void> => {
    unwatch?.();
    await bus.close();
    commands.disconnect();
  };
  return { bus, commands, close };
}

/** Loaded when there is a registry: an application without prom-client needs none. */
async function metricsIn(registry: MetricsRegistry): Promise<MessagingMetrics> {
  const { MessagingMetrics } = await import('./messaging-metrics.js');
  return MessagingMetrics.in(registry);
}

function logsOf(logger: Logger): MessagingObserver {
  return {
    trouble: ({ stream, group, kind, error }) => {
      const reason = error instanceof Error ? `: ${error.message}` : '';
      logger[kind === 'fatal' ? 'error' : 'warn'](`${stream} (${group}): ${kind}${reason}`);
    },
    deadLettered: ({ stream, group, letterId, error }) =>
      logger.warn(
        `${stream} (${group}): a message went to the dead letters as ${letterId}: ${String(error)}`,
      ),
    deadLetterAlert: ({ stream, raised, size }) => {
      if (raised) logger.error(`${stream}: ${size} dead letters. Look at them, then replay or discard`);
      else logger.log(`${stream}: ${size} dead letters, below the alert again`);
    },
  };
}
