import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPrivateMongo } from '@redis-mongo-sync/dev-servers';
import { USERS } from '@redis-mongo-sync/sync-core';
import { Readable } from 'node:stream';
import {
  Binary,
  BSON,
  Decimal128,
  Long,
  MaxKey,
  MinKey,
  MongoClient,
  ObjectId,
  Timestamp,
  UUID,
  type Collection,
  type Db,
  type Document,
} from 'mongodb';
import { idText } from './document-ids.js';
import { documentPages, idsAfter, type DocumentPage } from './document-pages.js';

const KINDS: Readonly<Record<string, (n: number) => unknown>> = {
  'object ids': () => new ObjectId(),
  strings: (n) => `id ${n}`,
  'hexadecimal strings': (n) => n.toString(16).padStart(24, '0'),
  integers: (n) => n * 1_000_000_007,
  fractions: (n) => n / 7 - 50,
  'long integers': (n) => Long.fromBigInt(2n ** 60n + BigInt(n)),
  decimals: (n) => Decimal128.fromString(`${n}.1`),
  documents: (n) => ({ b: n % 7, a: String(n) }),
  'documents with odd names': (n) =>
    new Map<string, unknown>([
      ['b', n],
      ['1', 'x'],
    ]),
  dates: (n) => new Date(n * 86_400_000),
  UUIDs: () => new UUID(),
  binary: (n) => new Binary(Buffer.from(String(n)), 0x80),
  timestamps: (n) => new Timestamp({ t: n, i: 1 }),
};
const kinds = Object.values(KINDS);
const ENDS = [new MinKey(), null, true, false, '', {}, 0, new MaxKey()];
const MIXED = (n: number): unknown => (n < ENDS.length ? ENDS[n] : kinds[n % kinds.length]?.(n));

describe('documentPages', () => {
  let close: () => Promise<void>;
  let db: Db;
  let users: Collection;
  beforeAll(async () => {
    const server = await startPrivateMongo();
    const client = await MongoClient.connect(server.uri);
    db = client.db(server.database);
    users = db.collection(USERS.collection);
    close = async () => {
      await client.close();
      await server.stop();
    };
  });
  afterAll(() => close());
  beforeEach(async () => {
    await users.deleteMany({});
  });

  const put = (count: number, idOf: (n: number) => unknown, fields: Document = {}) =>
    users.insertMany(
      Array.from({ length: count }, (_, n) => ({ _id: idOf(n) as ObjectId, email: `${n}@x.org`, ...fields })),
    );

  async function pagesOf(afterId: string | null, limit: number): Promise<DocumentPage[]> {
    const pages: DocumentPage[] = [];
    for await (const page of documentPages(db, USERS, { afterId, limit })) pages.push(page);
    return pages;
  }

  const imagesOf = ({ documents }: DocumentPage) => documents.flatMap(({ image }) => (image ? [image] : []));
  const keysOf = (pages: readonly DocumentPage[]) =>
    pages.flatMap((page) => imagesOf(page).map(({ key }) => key));

  it.each([...Object.entries(KINDS), ['mixed ids', MIXED] as const])(
    'go through 1,200 documents with %s, from wherever they are begun',
    async (_, idOf) => {
      await put(1200, idOf);
      const pages = await pagesOf(null, 100);
      expect(pages).toHaveLength(12);
      const keys = keysOf(pages);
      expect(new Set(keys).size).toBe(1200);
      const { lastId = '' } = pages[4] ?? {};
      expect(keysOf(await pagesOf(lastId, 500))).toEqual(keys.slice(500));
      expect(await users.countDocuments(idsAfter(lastId))).toBe(700);
    },
    60_000,
  );

  it('go on from an id that is gone', async () => {
    await put(10, (n) => n);
    await users.deleteOne({ email: '4@x.org' });
    expect(keysOf(await pagesOf(idText(4), 3))).toEqual([
      '5@x.org',
      '6@x.org',
      '7@x.org',
      '8@x.org',
      '9@x.org',
    ]);
  });

  it('go on from a number of another type', async () => {
    await put(4, (n) => n);
    for (const id of [Long.fromNumber(2), Decimal128.fromString('2.00'), 2]) {
      expect(keysOf(await pagesOf(idText(id), 3))).toEqual(['3@x.org']);
    }
  });

  it('are full at a number of bytes too', async () => {
    await put(5, (n) => n, { photo: 'x'.repeat(3 * 1024 * 1024) });
    const pages = await pagesOf(null, 500);
    expect(pages.map(({ documents }) => documents.length)).toEqual([3, 2]);
    await users.updateOne({ email: '0@x.org' }, { $set: { photo: 'x'.repeat(15 * 1024 * 1024) } });
    expect((await pagesOf(null, 500)).map(({ documents }) => documents.length)).toEqual([1, 3, 1]);
  });

  it('name documents without a usable key', async () => {
    await users.insertMany([
      { _id: 'a' },
      { _id: { a: 1 }, email: 5 },
      { _id: 1, email: 'x@x.org' },
    ] as unknown as Document[]);
    const [page] = await pagesOf(null, 10);
    expect(page).toMatchObject({
      documents: [
        { image: { key: 'x@x.org' } },
        { image: null, id: '"a"', reason: 'missing-key' },
        { image: null, id: '{"a":1}', reason: 'wrong-key-type' },
      ],
      lastId: '{"a":1}',
    });
  });

  it('are none of nothing', async () => {
    expect(await pagesOf(null, 10)).toEqual([]);
    expect(await pagesOf(idText('a'), 10)).toEqual([]);
  });
});

describe('pages with documents that no driver for JavaScript would write', () => {
  /** A database whose cursors give these bytes. */
  const holding = (documents: readonly Uint8Array[]) => {
    const collection = { find: () => Readable.from(documents) };
    return { collection: () => collection } as unknown as Db;
  };
  const written = (_id: unknown) => BSON.serialize({ _id, email: 'x@x.org', v: { w: 1 } });

  function edited(bytes: Uint8Array, from: string, to: string): Uint8Array {
    const copy = Buffer.from(bytes);
    copy.write(to, copy.indexOf(from, 0, 'latin1'), 'latin1');
    return copy;
  }

  async function firstPageOf(
    documents: readonly Uint8Array[],
    limit: number,
  ): Promise<DocumentPage | undefined> {
    for await (const page of documentPages(holding(documents), USERS, { afterId: null, limit })) return page;
    return undefined;
  }

  it('give the documents beside one that can not be decoded', async () => {
    const bad = edited(written(2), '\x10w', '\x20w');
    expect(await firstPageOf([written(1), bad, written(3)], 10)).toMatchObject({
      documents: [
        { image: { key: 'x@x.org' } },
        { image: null, id: '2', reason: 'unreadable' },
        { image: { key: 'x@x.org' } },
      ],
      lastId: '3',
    });
  });

  it('end at an id that a search can begin at', async () => {
    const far = edited(written(Long.fromString('9000000000000000001')), '\x12_id', '\x09_id');
    const noText = edited(written('Zx'), 'Zx', 'Z\xfc');
    const page = await firstPageOf([written(1), noText, far, written(new MaxKey()), written(5)], 2);
    expect(page?.lastId).toBe('{"$maxKey":1}');
    expect(page?.documents.map(({ image }) => image !== null)).toEqual([true, false, true, true]);
    expect(await firstPageOf([far], 1)).toMatchObject({ lastId: '{"$minKey":1}' });
  });
});
