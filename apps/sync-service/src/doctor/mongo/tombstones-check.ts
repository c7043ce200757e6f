import type { Db, Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import type { Found } from '../finding.js';
import { mongoshText } from '../shown.js';
import type { CollectionFacts } from './collection-facts.js';

/** Where deletes are remembered. */
export const TOMBSTONES = 'sync_tombstones';
const KEY = { purgeAt: 1 } as const;
const OPTIONS = { expireAfterSeconds: 0 };

/** The collection of tombstones and the index that forgets them in time. */
export async function tombstonesCheck({ db }: CheckContext, facts: CollectionFacts): Promise<Found> {
  const exists = (await db.listCollections({ name: TOMBSTONES }, { nameOnly: true }).toArray()).length > 0;
  if (!exists && facts.documents === 0) {
    return { name: TOMBSTONES, verdict: 'fine', says: 'made at the first start' };
  }
  const index = exists ? await purgeIndex(db) : undefined;
  if (index?.expireAfterSeconds === 0) {
    return { name: TOMBSTONES, verdict: 'fine', says: `there, ${String(index.name)} forgets them in time` };
  }
  const says = exists ? 'never forgets: it has no index with expireAfterSeconds 0 on purgeAt' : 'missing';
  return { name: TOMBSTONES, verdict: 'mend', says, ...mending(db, exists, index) };
}

async function purgeIndex(db: Db): Promise<Document | undefined> {
  const indexes: Document[] = await db.collection(TOMBSTONES).indexes();
  return indexes.find(({ key }) => JSON.stringify(key) === JSON.stringify(KEY));
}

function mending(db: Db, exists: boolean, index: Document | undefined): Pick<Found, 'mend' | 'fix'> {
  if (index) {
    const command = { collMod: TOMBSTONES, index: { keyPattern: KEY, expireAfterSeconds: 0 } };
    return {
      mend: [`mongosh: db.runCommand(${mongoshText(command)})`],
      // Not by --fix: it would let the server delete what is there already.
    };
  }
  return {
    mend: [`mongosh: db.${TOMBSTONES}.createIndex(${mongoshText(KEY)}, ${mongoshText(OPTIONS)})`],
    // Of a collection that somebody filled, nothing is to be deleted without being asked.
    ...(exists ? {} : { fix: { says: `create ${TOMBSTONES} with its TTL index`, run: () => create(db) } }),
  };
}

async function create(db: Db): Promise<void> {
  await db.createCollection(TOMBSTONES);
  await db.collection(TOMBSTONES).createIndex(KEY, OPTIONS);
}
