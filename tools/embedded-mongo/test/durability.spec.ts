import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collection, Document } from 'mongodb';
import type { EmbeddedMongo, EmbeddedMongoOptions, FileLayer } from '../src/index.js';
import { nodeFiles } from '../src/journal/file-layer.js';
import { errorOf, eventually, World } from './support.js';

interface Doc extends Document {
  _id: number;
}

const world = new World();
let folder: string;
beforeEach(async () => {
  folder = await world.folder();
});
afterEach(() => world.close());

async function started(
  options: EmbeddedMongoOptions = {},
): Promise<{ server: EmbeddedMongo; docs: Collection<Doc> }> {
  const server = await world.server({ dbPath: folder, warn: () => undefined, ...options });
  return { server, docs: (await world.client(server)).db('d').collection<Doc>('c') };
}

const ids = async (docs: Collection<Doc>) =>
  (await docs.find().sort({ _id: 1 }).toArray()).map((doc) => doc._id);
const segments = () =>
  readdirSync(folder)
    .filter((name) => /^oplog-\d+\.bson$/.test(name))
    .sort();

/** A disk with so many bytes left. */
function diskWith(room: { bytes: number }): FileLayer {
  return {
    ...nodeFiles,
    writev(fd, buffers) {
      if (room.bytes <= 0)
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const part = Buffer.concat(buffers).subarray(0, room.bytes);
      const written = nodeFiles.writev(fd, [part]);
      room.bytes -= written;
      return written;
    },
  };
}

describe('a restart', () => {
  it.each(['interval', 'always', 'none'] as const)('finds everything again (fsync %s)', async (fsync) => {
    let { server, docs } = await started({ fsync });
    await docs.createIndex({ n: 1 }, { unique: true, name: 'unique' });
    await docs.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
    ]);
    await docs.updateOne({ _id: 2 }, { $set: { n: 20 } });
    await docs.deleteOne({ _id: 3 });
    await docs.rename('renamed');
    await world.stop(server);
    ({ server, docs } = await started({ fsync }));
    const renamed = docs.db.collection<Doc>('renamed');
    expect(await renamed.find().toArray()).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 20 },
    ]);
    expect(await errorOf(renamed.insertOne({ _id: 4, n: 20 }))).toMatchObject({ code: 11000 });
    expect(server.recovery).toMatchObject({ tornBytes: 0, setAside: [] });
  });

  it('continues change streams, over snapshots too', async () => {
    const first = await started({ compactBytes: 20_000 });
    const stream = first.docs.watch();
    await stream.tryNext();
    await first.docs.insertOne({ _id: 0 });
    const token = (await stream.next())._id;
    await stream.close();
    for (let i = 1; i <= 60; i++) await first.docs.insertOne({ _id: i, text: 'x'.repeat(1_000) });
    await eventually(() => readdirSync(folder).includes('snapshot.bson'));
    await first.server.compact();
    await world.stop(first.server);
    const { docs } = await started();
    const resumed = docs.watch([], { resumeAfter: token });
    for (let i = 1; i <= 60; i++) expect(await resumed.next()).toMatchObject({ documentKey: { _id: i } });
    await resumed.close();
  });

  it('does not take tokens of another data set', async () => {
    const { docs, server } = await started();
    const stream = docs.watch();
    await stream.tryNext();
    const token = stream.resumeToken;
    await stream.close();
    await world.stop(server);
    const other = await world.server({ nowMs: () => Date.now() + 60_000 });
    const there = (await world.client(other)).db('d').collection('c');
    expect(await errorOf(there.watch([], { resumeAfter: token }).next())).toMatchObject({ code: 286 });
  });
});

describe('snapshots', () => {
  it('are taken while writes go on, and lose nothing', async () => {
    let { server, docs } = await started();
    await docs.createIndex({ n: 1 });
    await docs.insertMany(Array.from({ length: 3_000 }, (_, _id) => ({ _id, n: 0 })));
    const compaction = server.compact();
    const writes = Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        await docs.updateOne({ _id: i * 7 }, { $set: { n: 1 } });
        await docs.deleteOne({ _id: i * 7 + 1 });
        await docs.insertOne({ _id: 10_000 + i, n: 2 });
      }),
    );
    await Promise.all([compaction, writes]);
    expect(segments()).toHaveLength(2);
    await world.stop(server);
    ({ server, docs } = await started());
    expect(server.recovery?.documents).toBeGreaterThan(0);
    expect(await docs.countDocuments()).toBe(3_000);
    expect(await docs.countDocuments({ n: 1 })).toBe(300);
    expect(await docs.countDocuments({ n: 2 })).toBe(300);
  });

  it('drop the log that nothing needs any more', async () => {
    const { server, docs } = await started({ oplogEntries: 10 });
    for (let round = 0; round < 3; round++) {
      await docs.insertMany(Array.from({ length: 100 }, (_, i) => ({ _id: round * 100 + i })));
      await server.compact();
    }
    expect(segments().length).toBeLessThanOrEqual(2);
    expect(segments().at(-1)).toBe('oplog-000004.bson');
  });
});

describe('damage', () => {
  it('at the end of the log is cut off', async () => {
    let { server, docs } = await started();
    await docs.insertOne({ _id: 1 });
    await world.stop(server);
    appendFileSync(join(folder, 'oplog-000001.bson'), Buffer.from('unfinished'));
    ({ server, docs } = await started());
    expect(server.recovery).toMatchObject({ tornBytes: 10, setAside: [] });
    await docs.insertOne({ _id: 2 });
    await world.stop(server);
    ({ docs } = await started());
    expect(await ids(docs)).toEqual([1, 2]);
  });

  it('in the middle keeps what comes before it, and the file for inspection', async () => {
    const warnings: string[] = [];
    let { server, docs } = await started();
    const stream = docs.watch();
    await stream.tryNext();
    const token = stream.resumeToken;
    await stream.close();
    for (let i = 1; i <= 5; i++) await docs.insertOne({ _id: i });
    await world.stop(server);
    const path = join(folder, 'oplog-000001.bson');
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length * 0.6);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    ({ server, docs } = await started({ warn: (message) => warnings.push(message) }));
    const saved = await ids(docs);
    expect(saved.length).toBeGreaterThan(0);
    expect(saved.length).toBeLessThan(5);
    expect(saved).toEqual([1, 2, 3, 4, 5].slice(0, saved.length));
    const [aside = ''] = server.recovery?.setAside ?? [];
    expect(readFileSync(aside).equals(bytes)).toBe(true);
    expect(warnings.join()).toContain(aside);
    expect(await errorOf(docs.watch([], { resumeAfter: token }).next())).toMatchObject({ code: 286 });
    await docs.insertOne({ _id: 99 });
    await world.stop(server);
    ({ server, docs } = await started());
    expect(server.recovery?.setAside).toEqual([]);
    expect(await ids(docs)).toEqual([...saved, 99]);
  });
});

describe('a damaged snapshot', () => {
  it('gives what comes before the damage; the rest is kept for inspection', async () => {
    let { server, docs } = await started();
    await docs.createIndex({ n: 1 });
    await docs.insertMany(Array.from({ length: 1_000 }, (_, _id) => ({ _id, n: _id % 10 })));
    await server.compact();
    await docs.insertOne({ _id: 5_000 });
    await world.stop(server);
    const path = join(folder, 'snapshot.bson');
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    ({ server, docs } = await started());
    const saved = await ids(docs);
    expect(saved.length).toBeGreaterThan(0);
    expect(saved).toEqual(Array.from({ length: saved.length }, (_, i) => i));
    expect(server.recovery?.setAside.map((file) => file.replace(/^.*\/|\.damaged.*$/g, ''))).toEqual([
      'snapshot.bson',
      'oplog-000002.bson',
    ]);
    expect(await docs.countDocuments({ n: 3 })).toBe(saved.filter((id) => id % 10 === 3).length);
    await docs.insertOne({ _id: 9_999 });
    await world.stop(server);
    ({ server, docs } = await started());
    expect(server.recovery?.setAside).toEqual([]);
    expect(await ids(docs)).toEqual([...saved, 9_999]);
  });

  it('that is missing altogether is an error, not an empty database', async () => {
    const { server, docs } = await started({ oplogEntries: 10 });
    for (const first of [0, 100]) {
      await docs.insertMany(Array.from({ length: 100 }, (_, i) => ({ _id: first + i })));
      await server.compact();
    }
    await world.stop(server);
    rmSync(join(folder, 'snapshot.bson'));
    expect((await errorOf(started())).message).toContain('snapshot.bson is missing');
  });
});

describe('a full disk', () => {
  it('refuses writes without a trace, keeps what was acknowledged, and recovers', async () => {
    const room = { bytes: Infinity };
    const { server, docs } = await started({ files: diskWith(room) });
    await docs.createIndex({ n: 1 }, { unique: true });
    await docs.insertOne({ _id: 1, n: 1 });
    const stream = docs.watch([], { maxAwaitTimeMS: 20 });
    await stream.tryNext();
    room.bytes = 100;
    const refused = await Promise.all([
      errorOf(
        docs.insertMany([
          { _id: 2, n: 2 },
          { _id: 3, n: 3 },
        ]),
      ),
      errorOf(docs.updateOne({ _id: 1 }, { $set: { n: 9 } })),
      errorOf(docs.db.collection('new').insertOne({})),
    ]);
    for (const error of refused) expect(error).toMatchObject({ code: 14031 });
    expect(await docs.find().toArray()).toEqual([{ _id: 1, n: 1 }]);
    expect(await docs.db.listCollections({ name: 'new' }).toArray()).toEqual([]);
    room.bytes = Infinity;
    await docs.insertOne({ _id: 4, n: 2 });
    expect(await stream.next()).toMatchObject({ documentKey: { _id: 4 } });
    await stream.close();
    await world.stop(server);
    const again = await started();
    expect(await again.docs.find().toArray()).toEqual([
      { _id: 1, n: 1 },
      { _id: 4, n: 2 },
    ]);
  });

  it('refuses the commit of a transaction', async () => {
    const room = { bytes: Infinity };
    const { docs } = await started({ files: diskWith(room) });
    await docs.insertOne({ _id: 1 });
    await docs.db.client.withSession(async (session) => {
      session.startTransaction();
      await docs.insertOne({ _id: 2 }, { session });
      room.bytes = 0;
      expect(await errorOf(session.commitTransaction())).toMatchObject({ code: 14031 });
    });
    room.bytes = Infinity;
    expect(await ids(docs)).toEqual([1]);
  });

  it('keeps the log when there is no room for a snapshot', async () => {
    const room = { bytes: Infinity };
    const { server, docs } = await started({ files: diskWith(room) });
    await docs.insertMany(Array.from({ length: 50 }, (_, _id) => ({ _id })));
    room.bytes = 50;
    await expect(server.compact()).rejects.toThrow('ENOSPC');
    room.bytes = Infinity;
    await docs.insertOne({ _id: 50 });
    await world.stop(server);
    const again = await started();
    expect(await again.docs.countDocuments()).toBe(51);
  });
});

describe('a data folder', () => {
  it('belongs to one server at a time', async () => {
    const { server } = await started();
    expect((await errorOf(started())).message).toContain(`in use by process ${process.pid}`);
    await world.stop(server);
    await started();
  });

  it('is freed when the port is taken', async () => {
    const taken = await world.server();
    expect(await errorOf(started({ port: taken.port }))).toMatchObject({ code: 'EADDRINUSE' });
    await started();
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});
