import { Queue, Worker, type JobsOptions } from 'bullmq';
import type { Contestant, Handler, Opened, Payload, Place } from './contestant.js';
import { effectsAt } from './effects.js';

const QUEUE = 'bench';
const NAME = 'bench.happened';
/** As many tries as ours. Done jobs go at once, which is the cheapest. No job ids of our own: publishing is not idempotent. */
const JOB: JobsOptions = {
  attempts: 4,
  backoff: { type: 'exponential', delay: 100 },
  removeOnComplete: true,
};
/** A dead worker's jobs are taken over within about a second, as ours are here. */
const TAKE_OVER = { lockDuration: 1_000, stalledInterval: 500 };

export const BULLMQ: Contestant = {
  name: 'BullMQ',
  guarantee: 'at least once, 3 retries, persisted',
  keeps: true,
  open: (place) => Promise.resolve(openQueue(place)),
};

function openQueue(place: Place): Opened {
  const { host, port, concurrency } = place;
  const connection = { host, port };
  const queue = new Queue<Payload>(QUEUE, { connection });
  const effects = effectsAt(place);
  let worker: Worker<Payload> | undefined;
  return {
    publish: (payload) => queue.add(NAME, payload, JOB),
    publishMany: (payloads) => queue.addBulk(payloads.map((data) => ({ name: NAME, data, opts: JOB }))),
    consume: async (handler: Handler) => {
      worker = new Worker<Payload>(QUEUE, ({ data }) => handler(data, effects.run), {
        connection: { ...connection, maxRetriesPerRequest: null },
        concurrency,
        ...TAKE_OVER,
      });
      worker.on('error', () => undefined); // connections that end with their server
      await worker.waitUntilReady();
    },
    close: async () => {
      await worker?.close();
      await queue.close();
      effects.close();
    },
  };
}
