import {
  connect,
  loadTracing,
  observeAll,
  RedisMessageBus,
  type MessageBus,
  type MessagingObserver,
} from '@redis-mongo-sync/redis-streams';
import { Logger } from '@nestjs/common';
import type { MessagingMetrics } from './messaging-metrics.js';
import type { MetricsRegistry, RedisStreamsModuleOptions } from './redis-streams-options.js';

/** A bus and what has to be closed after it. */
export interface OwnedBus {
  readonly bus: MessageBus;
  readonly close: () => Promise<void>;
}

export async function openBus(options: RedisStreamsModuleOptions): Promise<OwnedBus> {
  const metrics = options.registry && (await metricsIn(options.registry));
  if (options.bus) {
    const { bus } = options;
    for (const [name, definition] of Object.entries(options.streams ?? {})) bus.define(name, definition);
    return { bus, close: () => bus.close() };
  }
  if (options.url === undefined) throw new TypeError('RedisStreamsModule needs a `url` or a `bus`');
  const logger = new Logger('RedisStreams');
  const onError = (error: Error): void => logger.warn(`Redis: ${error.message || error.name}`);
  const commands = connect({ url: options.url, profile: 'commands', name: 'redis-streams', onError });
  const observers = [logTrouble(logger), metrics, options.observer].filter((one) => one !== undefined);
  const bus = new RedisMessageBus({
    ...options,
    commands,
    tracing: await loadTracing(),
    observer: observeAll(observers),
    deadLetters: { onAlert: (alert) => logAlert(logger, alert), ...options.deadLetters },
  });
  metrics?.watch(bus);
  const close = async (): Promise<void> => {
    await bus.close();
    commands.disconnect();
  };
  return { bus, close };
}

/** Loaded when there is a registry: an application without prom-client needs none. */
async function metricsIn(registry: MetricsRegistry): Promise<MessagingMetrics> {
  const { MessagingMetrics } = await import('./messaging-metrics.js');
  return new MessagingMetrics(registry);
}

function logTrouble(logger: Logger): MessagingObserver {
  return {
    trouble: ({ stream, group, kind, error }) => {
      const reason = error instanceof Error ? `: ${error.message}` : '';
      logger[kind === 'fatal' ? 'error' : 'warn'](`${stream} (${group}): ${kind}${reason}`);
    },
    deadLettered: ({ stream, group, letterId }) =>
      logger.warn(`${stream} (${group}): a message went to the dead letters as ${letterId}`),
  };
}

function logAlert(
  logger: Logger,
  { stream, raised, size }: { stream: string; raised: boolean; size: number },
): void {
  if (raised) logger.error(`${stream}: ${size} dead letters. Look at them, then replay or discard`);
  else logger.log(`${stream}: ${size} dead letters, below the alert again`);
}
