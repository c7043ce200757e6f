import { describe, expect, it } from '@jest/globals';
import { BSON, Long, ObjectId, type Db, type Document, type MongoClient } from 'mongodb';
import { rawChangeStream, type RawBatch } from './raw-change-stream.js';

const token = (n: number) => ({ _data: `token ${n}` });

function event(n: number): Document {
  return {
    _id: token(n),
    operationType: 'insert',
    ns: { db: 'd', coll: 'users' },
    documentKey: { _id: n },
    fullDocument: { _id: n, text: `t${n}`, long: Long.fromNumber(n) },
  };
}

/** Replies as they come over the wire, read with the options that the command was sent with. */
function databaseWith(replies: readonly Uint8Array[]): Db {
  const left = [...replies];
  const command = (_command: Document, options: BSON.DeserializeOptions) => {
    const reply = left.shift();
    return Promise.resolve(reply ? BSON.deserialize(reply, { fieldsAsRaw: options.fieldsAsRaw ?? {} }) : {});
  };
  return { command } as unknown as Db;
}

const client = { startSession: () => ({ endSession: () => Promise.resolve() }) } as unknown as MongoClient;

async function batchesOf(replies: readonly Uint8Array[]): Promise<RawBatch[]> {
  const batches: RawBatch[] = [];
  const options = { client, db: databaseWith(replies), collections: ['users'], preImages: false };
  for await (const batch of rawChangeStream(options, new AbortController().signal)) batches.push(batch);
  return batches;
}

const reply = (
  field: 'firstBatch' | 'nextBatch',
  events: readonly Document[],
  id: bigint,
  more: Document = {},
) => Buffer.from(BSON.serialize({ cursor: { [field]: events, id: Long.fromBigInt(id), ...more }, ok: 1 }));

/** Makes one document of the reply undecodable. */
function spoiled(bytes: Buffer, n: number): Buffer {
  const at = bytes.indexOf(Buffer.from(`\x02text\0\x03\0\0\0t${n}`, 'latin1'));
  bytes[at] = 0x20;
  return bytes;
}

describe('rawChangeStream', () => {
  it('yields the events beside one that can not be decoded, in both kinds of batch', async () => {
    const batches = await batchesOf([
      spoiled(reply('firstBatch', [event(1), event(2), event(3)], 7n, { postBatchResumeToken: token(9) }), 2),
      spoiled(reply('nextBatch', [event(4), event(5)], 0n), 5),
    ]);
    expect(batches.map(({ token: at }) => at)).toEqual([token(9), token(5)]);
    const [first, second] = batches.map(({ events }) => events);
    expect(first?.map(({ fault }) => fault)).toEqual([
      undefined,
      expect.stringContaining('fullDocument'),
      undefined,
    ]);
    expect(first?.[0]).toEqual({ document: event(1) });
    expect(second?.[1]).toMatchObject({
      members: {
        _id: token(5),
        operationType: 'insert',
        ns: { db: 'd', coll: 'users' },
        documentKey: { _id: 5 },
      },
    });
  });

  it('gives documents whose values keep their types', async () => {
    const odd = {
      ...event(1),
      fullDocument: {
        _id: new ObjectId(),
        far: new Date(8.64e15),
        pattern: new BSON.BSONRegExp('(?i)a', 's'),
      },
    };
    const [batch] = await batchesOf([reply('firstBatch', [odd], 0n)]);
    expect(batch?.events).toEqual([{ document: odd }]);
  });

  it('keeps its place in an empty batch', async () => {
    const batches = await batchesOf([reply('firstBatch', [event(1)], 7n), reply('nextBatch', [], 0n)]);
    expect(batches.map(({ token: at }) => at)).toEqual([token(1), token(1)]);
  });
});
