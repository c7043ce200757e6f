import type { Collection, MongoClient, Timestamp } from 'mongodb';
import { percentile } from './pace.js';

interface Doc {
  _id: number;
  name: string;
}

export interface EventFigures {
  deliveredPerSecond: number;
  latencyP50Ms: number;
  latencyP99Ms: number;
}

const DELIVERED = 40_000;
const CHUNK = 1_000;
const LATENCIES = 2_000;

export async function eventFigures(client: MongoClient): Promise<EventFigures> {
  const docs = await client.db('bench').createCollection<Doc>('events');
  const deliveredPerSecond = await deliveryRate(client, docs);
  const latencies = await latencyOf(docs);
  return {
    deliveredPerSecond,
    latencyP50Ms: percentile(latencies, 0.5),
    latencyP99Ms: percentile(latencies, 0.99),
  };
}

/** How fast a stream reads what has happened while nobody watched. */
async function deliveryRate(client: MongoClient, docs: Collection<Doc>): Promise<number> {
  const ping = (await client.db('admin').command({ ping: 1 })) as { operationTime: Timestamp };
  for (let at = 0; at < DELIVERED; at += CHUNK) {
    const chunk = Array.from({ length: CHUNK }, (_, i) => ({ _id: at + i, name: `user number ${at + i}` }));
    await docs.insertMany(chunk);
  }
  const stream = docs.watch([], { startAtOperationTime: ping.operationTime });
  const from = performance.now();
  for (let count = 0; count < DELIVERED; count++) await stream.next();
  const seconds = (performance.now() - from) / 1_000;
  await stream.close();
  return DELIVERED / seconds;
}

/** From the call of insertOne until its event is there, one after the other, in ms. */
async function latencyOf(docs: Collection<Doc>): Promise<number[]> {
  const stream = docs.watch();
  await stream.tryNext();
  const latencies: number[] = [];
  for (let at = 0; at < LATENCIES; at++) {
    const from = performance.now();
    const event = stream.next().then(() => latencies.push(performance.now() - from));
    await docs.insertOne({ _id: DELIVERED + at, name: 'late' });
    await event;
  }
  await stream.close();
  return latencies;
}
