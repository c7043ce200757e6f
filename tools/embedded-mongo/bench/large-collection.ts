import { MongoClient, type Collection } from 'mongodb';
import { Child } from './child.js';
import { durations, percentile } from './pace.js';

interface User {
  _id: number;
  email: string;
  age: number;
  name: string;
}

export interface LargeFigures {
  documents: number;
  rssMb: number;
  snapshotMs: number;
  restartMs: number;
  rssAfterRestartMb: number;
  equalityMs: number;
  rangeMs: number;
  scanMs: number;
}

interface Started {
  uri: string;
  startMs: number;
}

const DOCUMENTS = 200_000;
const CHUNK = 2_000;
const MB = 1024 * 1024;

/** A collection with two indexes beside `_id`: its memory, its reads, and the restart from its snapshot. */
export async function largeFigures(folder: string): Promise<LargeFigures> {
  const [server, { uri }] = await Child.start<Started>('server', folder);
  const reads = await filledAndRead(uri);
  const snapshotMs = await server.ask<number>('compact');
  const rss = await server.ask<number>('rss');
  await server.stop();
  const [again, { startMs }] = await Child.start<Started>('server', folder);
  const rssAfter = await again.ask<number>('rss');
  await again.stop();
  return {
    documents: DOCUMENTS,
    rssMb: rss / MB,
    snapshotMs,
    restartMs: startMs,
    rssAfterRestartMb: rssAfter / MB,
    ...reads,
  };
}

async function filledAndRead(uri: string): Promise<Pick<LargeFigures, 'equalityMs' | 'rangeMs' | 'scanMs'>> {
  const client = await new MongoClient(uri).connect();
  try {
    const users = client.db('bench').collection<User>('users');
    await users.createIndexes([{ key: { email: 1 }, unique: true }, { key: { age: 1 } }]);
    for (let from = 0; from < DOCUMENTS; from += CHUNK) await users.insertMany(chunkFrom(from));
    return await readTimes(users);
  } finally {
    await client.close();
  }
}

function chunkFrom(from: number): User[] {
  return Array.from({ length: CHUNK }, (_, i) => {
    const _id = from + i;
    return { _id, email: `user${_id}@example.com`, age: _id % 50_000, name: `User number ${_id}` };
  });
}

/** Medians. A range gives four documents. */
async function readTimes(users: Collection<User>) {
  const equality = await durations(300, (at) => users.findOne({ email: `user${at * 600}@example.com` }));
  const range = await durations(300, (at) =>
    users.find({ age: { $gte: at * 100, $lt: at * 100 + 1 } }).toArray(),
  );
  const scan = await durations(5, (at) => users.find({ name: `User number ${at * 40_000}` }).toArray());
  return {
    equalityMs: percentile(equality, 0.5),
    rangeMs: percentile(range, 0.5),
    scanMs: percentile(scan, 0.5),
  };
}
