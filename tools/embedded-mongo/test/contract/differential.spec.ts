import fc from 'fast-check';
import { MongoServerError, type Collection, type Document } from 'mongodb';
import { documents } from '../../src/testing/arbitraries.js';
import { changeSets, plainDocuments, toUpdate } from '../../src/testing/change-arbitraries.js';
import { filters } from '../../src/testing/filter-arbitraries.js';
import { Place } from './place.js';
import { embedded, realTargets } from './targets.js';

interface Numbered extends Document {
  _id: number;
}

const RUNS = 400;

/** The same question to the stand-in and to a real server. Where one refuses, the other has to refuse. */
describe.each(realTargets)('the stand-in beside $name', (target) => {
  const { name, unavailable } = target;
  if (unavailable !== undefined) {
    it.skip(`${name} [skipped: ${unavailable}]`, () => undefined);
    return;
  }
  const places = [new Place(embedded), new Place(target)] as const;
  let collections: Collection<Numbered>[];
  beforeAll(async () => {
    for (const place of places) await place.open();
    collections = await Promise.all(places.map((place) => place.collection<Numbered>()));
  }, 120_000);
  afterAll(async () => {
    for (const place of places) await place.close();
  });

  async function same(ask: (collection: Collection<Numbered>) => Promise<unknown>): Promise<void> {
    const [here, there] = await Promise.all(collections.map((collection) => answer(() => ask(collection))));
    expect(here).toEqual(there);
  }

  async function refill(docs: readonly Document[]): Promise<void> {
    const numbered = docs.map((doc, _id) => ({ ...doc, _id }));
    for (const collection of collections) {
      await collection.deleteMany({});
      if (numbered.length > 0) await collection.insertMany(numbered);
    }
  }

  it('finds the same documents', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(documents, { maxLength: 8 }),
        fc.array(filters, { minLength: 1, maxLength: 5 }),
        async (docs, asked) => {
          await refill(docs);
          for (const filter of asked) {
            await same((collection) =>
              collection.find(filter).sort({ _id: 1 }).project({ _id: 1 }).toArray(),
            );
          }
        },
      ),
      { numRuns: RUNS },
    );
  }, 300_000);

  it('makes the same changes', async () => {
    await fc.assert(
      fc.asyncProperty(plainDocuments, changeSets, async (doc, changes) => {
        await refill([doc]);
        const update = toUpdate(changes);
        await same(async (collection) => {
          const { modifiedCount } = await collection.updateOne({ _id: 0 }, update);
          return { modifiedCount, doc: await collection.findOne({ _id: 0 }) };
        });
      }),
      { numRuns: RUNS },
    );
  }, 300_000);
});

async function answer(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof MongoServerError) return 'refused';
    throw error;
  }
}
