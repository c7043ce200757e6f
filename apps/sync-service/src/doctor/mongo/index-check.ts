import { isKeyIndex, partialKeyIndex } from '@redis-mongo-sync/sync-adapters';
import type { Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import type { Finding, Fix, Found } from '../finding.js';
import { grouped, mongoshText } from '../shown.js';
import type { CollectionFacts } from './collection-facts.js';
import { findDuplicates } from './duplicates.js';

/** The unique index on the record key, and what hinders it. */
export async function indexCheck(context: CheckContext, facts: CollectionFacts): Promise<readonly Found[]> {
  const { entity } = context;
  const name = `unique index on ${entity.keyField}`;
  const present = facts.indexes.find((index) => isKeyIndex(entity, index));
  if (present) return [{ name, verdict: 'fine', says: `${String(present.name)} will do` }];
  if (facts.documents === 0) return [{ name, verdict: 'fine', says: 'made at the first start' }];
  const duplicates = await findDuplicates(context);
  if (!duplicates) {
    const says = `missing; a search for duplicates takes longer than ${context.effort.patienceMs / 1000} s (--full takes that time)`;
    return [{ name, verdict: 'unseen', says }];
  }
  if (duplicates.keys === 0) return [missing(context, facts, name)];
  const { keys, documents, examples } = duplicates;
  const says = `share ${grouped(keys)} of them, so that there can be no unique index`;
  return [
    {
      name: `${entity.keyField} in several documents`,
      verdict: 'mend',
      says,
      count: documents,
      examples,
      mend: [findDuplicatesText(entity)],
    },
    {
      name,
      verdict: 'mend',
      says: `missing${others(entity, facts)}; can be made when there are no duplicates`,
      mend: [createText(entity)],
    },
  ];
}

function missing({ entity, db }: CheckContext, facts: CollectionFacts, name: string): Found {
  const { key, options } = partialKeyIndex(entity);
  const fix: Fix = {
    says: `create the unique index ${String(options.name)} on ${entity.collection}`,
    run: () => db.collection(entity.collection).createIndex(key, options),
  };
  return { name, verdict: 'mend', says: `missing${others(entity, facts)}`, mend: [createText(entity)], fix };
}

/** Indexes that begin with the key and are no use: named, so that nobody takes them for the one that is wanted. */
function others({ keyField }: CheckContext['entity'], { indexes }: CollectionFacts): string {
  const similar = indexes.filter(({ key }) => Object.keys((key ?? {}) as Document)[0] === keyField);
  if (similar.length === 0) return '';
  const names = similar.map((index) => `${String(index.name)} (${whyNot(index)})`);
  return `; there is ${names.join(', ')}`;
}

function whyNot({ unique, key, partialFilterExpression, collation }: Document): string {
  if (unique !== true) return 'not unique';
  if (Object.keys(key as Document).length > 1) return 'over more fields';
  if (collation !== undefined) return 'with a collation';
  return partialFilterExpression === undefined
    ? 'hidden'
    : 'leaves out documents, or is not used for lookups by key';
}

function createText(entity: CheckContext['entity']): string {
  const { key, options } = partialKeyIndex(entity);
  return `mongosh: db.${entity.collection}.createIndex(${mongoshText(key)}, ${mongoshText(options)})`;
}

function findDuplicatesText({
  collection,
  keyField,
}: CheckContext['entity']): NonNullable<Finding['mend']>[number] {
  return `mongosh: db.${collection}.aggregate([{ $group: { _id: "$${keyField}", ids: { $push: "$_id" } } }, { $match: { "ids.1": { $exists: true } } }], { allowDiskUse: true })   // then keep one of each`;
}
