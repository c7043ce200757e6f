import { RedisMessageBus } from '../../src/bus/redis-message-bus.js';
import { connect } from '../../src/connections.js';
import type { Contestant, Effect, Handler, Opened, Payload, Place } from './contestant.js';
import { effectsAt } from './effects.js';

const STREAM = 'bench:events';
const GROUP = 'bench';
const TYPE = 'bench.happened';
/** Take-over within about a second, as BullMQ's here; nothing else differs from the defaults. */
const TIMINGS = { minIdleMs: 1_000, reclaimEveryMs: 500 };

/** Persisted, retried, trimmed only when acked; the same as BullMQ promises. Ids of handled events aren't kept. */
export const OURS: Contestant = {
  name: 'ours',
  guarantee: 'at least once, 3 retries, persisted',
  keeps: true,
  open: (place) => openBus(place, 'at-least-once'),
};

/** The effect is part of the step that acknowledges. */
export const OURS_ONCE: Contestant = {
  name: 'ours, effect with the ack',
  guarantee: 'the same, and effects exactly once',
  keeps: true,
  publishesLike: OURS.name,
  open: (place) => openBus(place, 'exactly-once'),
};

function openBus(place: Place, mode: 'at-least-once' | 'exactly-once'): Promise<Opened> {
  const commands = connect({ url: place.url, profile: 'commands' });
  const streams = { [STREAM]: { trim: 'acked' as const } };
  const bus = new RedisMessageBus({ commands, streams, timings: TIMINGS });
  const effects = effectsAt(place);
  const asEvent = (data: Payload) => ({ type: TYPE, data });
  return Promise.resolve({
    publish: (payload) => bus.producer.publish(STREAM, asEvent(payload)),
    publishMany: (payloads) =>
      bus.producer.publishBatch(payloads.map((payload) => ({ stream: STREAM, event: asEvent(payload) }))),
    consume: async (handler: Handler) => {
      await bus.consumer.subscribe<Payload>(
        STREAM,
        GROUP,
        ({ data }, context) => {
          const withAck: Effect = (command, key, ...args) => {
            context.effect(command, key, ...args);
            return Promise.resolve();
          };
          return handler(data, mode === 'exactly-once' ? withAck : effects.run);
        },
        { concurrency: place.concurrency, deduplicate: mode === 'exactly-once' },
      );
    },
    close: async () => {
      await bus.close();
      effects.close();
      commands.disconnect();
    },
  });
}
