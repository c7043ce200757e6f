import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection, Document } from 'mongodb';
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
    const { key, kind, set } = operation;
    try {
      if (kind === 'delete') await this.users.deleteOne({ email: key }, MAJORITY);
      else if (kind === 'replace')
        await this.users.replaceOne({ email: key }, { email: key, ...set }, { upsert: true, ...MAJORITY });
      else
        await this.users.updateOne(
          { email: key },
          { $set: set, $unset: REVIVE },
          { upsert: true, ...MAJORITY },
        );
      this.told.counts.outsider += 1;
      if (key.startsWith('once')) this.told.byOutsiders.set(key, operation);
    } catch {
      this.told.doubt(operation);
    }
  }

  /** A delta with an operation id, sent until it is answered: applied exactly once. */
  async pay({ name, key, delta }: Operation): Promise<void> {
    const deadline = Date.now() + GIVE_UP_MS;
    for (;;) {
      try {
        await this.users.updateOne(
          { email: key, 'wallet.done': { $ne: name } },
          {
            $inc: { 'wallet.balance': delta },
            $push: { 'wallet.done': { $each: [name], $slice: -50 } },
          } as Document,
          MAJORITY,
        );
        this.told.counts.wallet += 1;
        this.told.wallets.set(key, (this.told.wallets.get(key) ?? 0) + delta);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(200);
      }
    }
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

const REVIVE = { deleted: '', purgeAt: '' } as const;
