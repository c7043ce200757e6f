import { ObjectId, type Collection, type Document, type Filter } from 'mongodb';
import { keys, type OddKind, type Operation } from './operation.js';
import { oddFields, oddId, oddKey, oddStamp } from './odd-values.js';
import type { Told } from './told.js';

const MAJORITY = { writeConcern: { w: 'majority' } } as const;
/** As large as the product takes, and more. */
const BIG_BYTES = 900 * 1024;

/** Outsiders whose documents no client of the product would write: every type, any id, odd stamps and keys. */
export class OddClient {
  constructor(
    private readonly users: Collection,
    private readonly told: Told,
  ) {}

  async write(operation: Operation): Promise<void> {
    const { odd } = operation;
    if (!odd) return;
    try {
      await this.writers[odd](operation, Number(operation.name.slice(1)));
      this.told.oddCounts[odd] = (this.told.oddCounts[odd] ?? 0) + 1;
      this.told.counts.odd += 1;
    } catch {
      this.told.doubt(operation); // the key was taken meanwhile, or no answer came
    }
  }

  private readonly writers: Readonly<Record<OddKind, (operation: Operation, n: number) => Promise<unknown>>> =
    {
      values: async ({ key }, n) => {
        const document = { _id: new ObjectId(), email: key, name: 'Odd', ...oddFields(n) };
        await this.users.insertOne(document, { ...MAJORITY, ignoreUndefined: false });
        this.told.typed.set(key, document);
      },
      ids: ({ key }, n) =>
        this.users.insertOne({ _id: oddId(n) as ObjectId, email: key, name: 'Odd' }, MAJORITY),
      big: ({ key }, n) =>
        this.upsert(key, {
          name: 'Big',
          blob: String(n % 10).repeat(1024 + ((n * 7919) % (BIG_BYTES - 1024))),
        }),
      stamp: ({ key }, n) => this.upsert(key, { name: 'Stamped', mark: n, _sync: oddStamp(n) }),
      swap: ({ key }, n) => this.swap(key, keys.swap((Number(/\d+/.exec(key)?.[0]) + 1) % SWAPPED), n),
      reuse: async ({ key }, n) => {
        await this.users.deleteOne({ email: key }, MAJORITY);
        await this.users.insertOne({ email: key, name: 'Again', mark: n }, MAJORITY);
      },
      unusable: ({ key }, n) => this.respell(key, n),
    };

  private upsert(email: string, set: Document) {
    return this.users.updateOne({ email }, { $set: set }, { upsert: true, ...MAJORITY });
  }

  /** Two documents take each other's key. */
  private async swap(a: string, b: string, n: number): Promise<void> {
    await this.upsert(a, { name: 'Swapped', mark: n });
    await this.upsert(b, { name: 'Swapped', mark: n + 1 });
    const [first, second] = await Promise.all([this.idOf({ email: a }), this.idOf({ email: b })]);
    if (!first || !second) throw new Error('one of the two is gone');
    const between = `between${n}@chaos.example`;
    const move = (_id: ObjectId, email: string) =>
      this.users.updateOne({ _id }, { $set: { email } }, MAJORITY);
    await move(second, between);
    await move(first, b);
    await move(second, a);
  }

  /** Takes a document's key away, or gives it back to one that has none. */
  private async respell(key: string, n: number): Promise<void> {
    const owner = { owner: key };
    const _id = await this.idOf(owner);
    if (!_id) await this.users.insertOne({ email: key, name: 'Respelt', ...owner }, MAJORITY);
    else if (n % 2 === 0) await this.users.updateOne(owner, { $set: { email: key } }, MAJORITY);
    else if (n % 3 === 0) await this.users.updateOne(owner, { $unset: { email: '' } }, MAJORITY);
    else await this.users.updateOne(owner, { $set: { email: oddKey(n, key) } }, MAJORITY);
  }

  private async idOf(filter: Filter<Document>): Promise<ObjectId | undefined> {
    return (await this.users.findOne(filter, { projection: { _id: 1 } }))?._id;
  }
}

const SWAPPED = 6;
