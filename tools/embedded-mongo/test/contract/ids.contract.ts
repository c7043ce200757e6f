import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  type Collection,
  type Document,
  type Filter,
} from 'mongodb';
import { errorOf } from '../support.js';
import type { Place } from './place.js';

interface Any extends Document {
  _id: unknown;
}

const idIs = (value: unknown) => ({ _id: { $eq: value } }) as unknown as Filter<Any>;

/** Ids of all types in the order of BSON. */
const IDS: unknown[] = [
  new MinKey(),
  null,
  NaN,
  -Infinity,
  -1.5,
  new Int32(0),
  Long.fromString('9007199254740992'),
  Long.fromString('9007199254740993'),
  Decimal128.fromString('9007199254740993.5'),
  '',
  'B',
  'a',
  '\uffff',
  '\u{1f600}',
  {},
  { b: 1 },
  { a: 'x' },
  new Binary(Buffer.from([9])),
  new Binary(Buffer.from([1, 1])),
  new Binary(Buffer.from([1, 1]), 5),
  new ObjectId('0'.repeat(24)),
  false,
  true,
  new Date(-1),
  new Timestamp({ t: 1, i: 1 }),
  new Code('f()'),
  new MaxKey(),
];

const RAW = { promoteValues: false, promoteLongs: false } as const;

export function idsContract(place: Place): void {
  let docs: Collection<Any>;
  beforeAll(async () => {
    const shuffled = IDS.map((_id, n) => ({ _id, n })).sort((a, b) => ((a.n * 7) % 10) - ((b.n * 7) % 10));
    docs = await place.collection<Any>();
    // As a command: the driver makes an id of its own for `null`.
    await place.db.command({ insert: docs.collectionName, documents: shuffled });
  });

  const numbers = (list: Document[]) => list.map(({ n }) => n as number);
  const all = IDS.map((_, n) => n);
  const by = (bounds: { min?: Document; max?: Document }, collection = docs) => {
    const cursor = collection.find({}).hint({ _id: 1 });
    if (bounds.min) cursor.min(bounds.min);
    if (bounds.max) cursor.max(bounds.max);
    return cursor;
  };

  it('of all types sort in one order', async () => {
    expect(numbers(await docs.find().sort({ _id: 1 }).toArray())).toEqual(all);
    expect(numbers(await docs.find().sort({ _id: -1 }).toArray())).toEqual(all.toReversed());
  });

  it('bound a search from below, over all types, the bound included', async () => {
    for (const [n, _id] of IDS.entries()) {
      expect(numbers(await by({ min: { _id } }).toArray())).toEqual(all.slice(n));
    }
  });

  it('bound a search from above, the bound left out', async () => {
    for (const [n, _id] of IDS.entries()) {
      if (n > 0) expect(numbers(await by({ max: { _id } }).toArray())).toEqual(all.slice(0, n));
    }
  });

  it('bound a search together with filter, sort and limit', async () => {
    const bounds = { min: { _id: IDS[5] }, max: { _id: IDS[20] } };
    const evenOnes = await docs
      .find({ n: { $mod: [2, 0] } })
      .hint({ _id: 1 })
      .min(bounds.min)
      .max(bounds.max)
      .toArray();
    expect(numbers(evenOnes)).toEqual([6, 8, 10, 12, 14, 16, 18]);
    expect(numbers(await by(bounds).sort({ _id: 1 }).limit(3).toArray())).toEqual([5, 6, 7]);
    expect(numbers(await by(bounds).sort({ _id: -1 }).limit(3).toArray())).toEqual([19, 18, 17]);
    expect(numbers(await by(bounds).skip(1).limit(2).toArray())).toEqual([6, 7]);
    expect(numbers(await by(bounds).hint('_id_').toArray())).toHaveLength(15);
  });

  it('page through a collection, each page from the last id on', async () => {
    const seen: number[] = [];
    for (let min: Document | undefined; ;) {
      const page: Document[] = await by(min ? { min } : {})
        .sort({ _id: 1 })
        .limit(4)
        .toArray();
      seen.push(...numbers(min ? page.slice(1) : page));
      if (page.length < 4) break;
      min = { _id: page.at(-1)?._id as unknown };
    }
    expect(seen).toEqual(all);
  });

  it('bound a search in a transaction, its own writes included', async () => {
    const few = await place.collection<Any>({ _id: 1, n: 0 }, { _id: 'a', n: 2 }, { _id: 'c', n: 3 });
    await place.client.withSession(async (session) => {
      session.startTransaction();
      await few.deleteOne(idIs('a'), { session });
      await few.insertMany(
        [
          { _id: 2, n: 1 },
          { _id: 'b', n: 4 },
          { _id: -1, n: 5 },
        ],
        { session },
      );
      const from = (sort: 1 | -1) =>
        few
          .find({}, { session })
          .min({ _id: 1 })
          .max({ _id: 'c' })
          .hint({ _id: 1 })
          .sort({ _id: sort })
          .toArray();
      expect(numbers(await from(1))).toEqual([0, 1, 4]);
      expect(numbers(await from(-1))).toEqual([4, 1, 0]);
      const unsorted = few.find({}, { session }).min({ _id: 2 }).hint({ _id: 1 });
      expect(numbers(await unsorted.toArray())).toEqual([1, 4, 3]);
      await session.abortTransaction();
    });
  });

  it('refuse bounds without their index', async () => {
    expect(await errorOf(docs.find().min({ _id: 1 }).toArray())).toMatchObject({ code: 51173 });
    expect(await errorOf(by({ min: { other: 1 } }).toArray())).toMatchObject({ code: 51174 });
    expect(await errorOf(by({ min: { _id: 2 }, max: { _id: 2 } }).toArray())).toMatchObject({ code: 51175 });
  });

  it('come back raw', async () => {
    const cursor = docs.find({}, { raw: true }).min({ _id: IDS[20] }).hint({ _id: 1 }).sort({ _id: 1 });
    const first = (await cursor.limit(1).toArray())[0] as unknown as Uint8Array;
    expect(Buffer.from(first).toString('hex')).toBe(`1d000000075f696400${'00'.repeat(12)}106e001400000000`);
  });

  it('are found by every type', async () => {
    for (const [n, _id] of IDS.entries()) {
      const found = await docs.findOne(idIs(_id), RAW);
      expect(Number(found?.n)).toBe(n);
    }
  });

  it('are one for one number, whatever its type', async () => {
    const fives = [new Int32(5), new Double(5), Long.fromNumber(5), Decimal128.fromString('5.0')];
    for (const first of fives) {
      const numbered = await place.collection<Any>({ _id: first });
      for (const other of fives) {
        expect(await errorOf(numbered.insertOne({ _id: other }))).toMatchObject({ code: 11000 });
        expect(await numbered.countDocuments(idIs(other))).toBe(1);
      }
      // The first one's type stays.
      await numbered.updateOne(idIs(fives[0]), { $set: { a: 1 } });
      await numbered.replaceOne(idIs(fives[1]), { b: 1 });
      const [kept] = await numbered.find({}, RAW).toArray();
      expect((kept?._id as unknown as { _bsontype: string })._bsontype).toBe(
        (first as { _bsontype: string })._bsontype,
      );
    }
  });

  it('beyond what a double tells apart are two', async () => {
    const large = await place.collection<Any>({ _id: Long.fromString('9007199254740993') });
    await large.insertOne({ _id: Long.fromString('9007199254740992') });
    expect(await errorOf(large.insertOne({ _id: 2 ** 53 }))).toMatchObject({ code: 11000 });
  });

  it('tell documents apart by the order of their fields', async () => {
    const keyed = await place.collection<Any>({ _id: { entity: 'users', key: 'a' } });
    await keyed.insertOne({ _id: { key: 'a', entity: 'users' } });
    expect(await errorOf(keyed.insertOne({ _id: { entity: 'users', key: 'a' } }))).toMatchObject({
      code: 11000,
    });
    await keyed.updateOne(idIs({ entity: 'users', key: 'b' }), [{ $set: { n: 1 } }], {
      upsert: true,
    });
    expect(await keyed.findOne({ '_id.key': 'b' })).toEqual({ _id: { entity: 'users', key: 'b' }, n: 1 });
  });

  it.each<[string, unknown, number]>([
    ['an array', [1], 53],
    ['a regular expression', new BSONRegExp('a', 'i'), 53],
    ['a document with an operator', { $gt: 1 }, 52],
  ])('refuse %s', async (_name, _id, code) => {
    const none = await place.collection<Any>();
    expect(await errorOf(none.insertOne({ _id }))).toMatchObject({ code });
    expect(await none.countDocuments()).toBe(0);
  });
}
