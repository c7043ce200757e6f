import type { CheckContext } from './check-context.js';

const LOOKED_AT = 100;

/** Whether the collection holds documents, and none of the first ones has the product's stamp. */
export async function isFirstStart({ db, entity }: Pick<CheckContext, 'db' | 'entity'>): Promise<boolean> {
  const first = await db
    .collection(entity.collection)
    .find({}, { projection: { _id: 0, version: '$_sync.version' }, limit: LOOKED_AT, bsonRegExp: true })
    .toArray();
  return first.length > 0 && first.every(({ version }) => version === undefined);
}
