import { setTimeout as sleep } from 'node:timers/promises';
import { BSON, type Collection, type Document } from 'mongodb';
import type { Operation } from './operation.js';
import type { Told } from './told.js';

const GIVE_UP_MS = 60_000;
const MAJORITY = { writeConcern: { w: 'majority' } } as const;

/** Outsiders, who write into Mongo without knowing of versions, and the owner of the wallets. */
export class OutsideClient {
  constructor(
    private readonly users: Collection,
    private readonly told: Told,
  ) {}

  async write(operation: Operation): Promise<void> {
    const { key, kind } = operation;
    const set = BSON.EJSON.deserialize(operation.set) as Document; // as clients of the product send it
    try {
      if (kind === 'delete') await this.users.deleteOne({ email: key }, MAJORITY);
      else if (kind === 'replace')
        await this.users.replaceOne({ email: key }, { email: key, ...set }, { upsert: true, ...MAJORITY });
      else await this.users.updateOne({ email: key }, { $set: set }, { upsert: true, ...MAJORITY });
      this.told.counts.outsider += 1;
      if (key.startsWith('once')) this.told.byOutsiders.set(key, operation);
    } catch {
      this.told.doubt(operation);
    }
  }

  /** A delta with an operation id, sent until it is answered: applied exactly once. */
  async pay({ name, key, delta }: Operation): Promise<void> {
    const deadline = Date.now() + GIVE_UP_MS;
    let tried = false;
    for (;;) {
      try {
        const { matchedCount } = await this.users.updateOne(
          { email: key, 'wallet.done': { $ne: name } },
          {
            $inc: { 'wallet.balance': delta },
            $push: { 'wallet.done': { $each: [name], $slice: -50 } },
          } as Document,
          MAJORITY,
        );
        if (matchedCount === 0 && !(await this.isPaid(name, key))) return this.closed(key, tried);
        this.told.counts.wallet += 1;
        const sum = this.told.wallets.get(key);
        if (sum !== undefined) this.told.wallets.set(key, sum + delta);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        tried = true;
        await sleep(200);
      }
    }
  }

  private async isPaid(name: string, email: string): Promise<boolean> {
    return (await this.users.findOne({ email, 'wallet.done': name })) !== null;
  }

  /** The user is deleted: nothing was paid now. Whether an attempt without an answer had been before, nobody can tell. */
  private closed(key: string, tried: boolean): void {
    if (tried) this.told.wallets.delete(key);
  }

  async open(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.users.insertOne(
        { email: key, name: 'Wallet', op: 'opened', wallet: { balance: 0, done: [] } },
        MAJORITY,
      );
      this.told.wallets.set(key, 0);
    }
  }
}
