import { MongoServerError, type Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import { EXAMPLES, type Found } from '../finding.js';
import { shownId } from '../shown.js';
import type { CollectionFacts } from './collection-facts.js';

const NAME = 'validator';
const STAMP = { version: 1, source: 'mongo' };
/** Documents that are tried against it. */
const TRIED = 1_000;

/** Whether the collection's validator would refuse documents once they carry the stamp. */
export async function validatorCheck(context: CheckContext, { options }: CollectionFacts): Promise<Found> {
  const validator = options.validator as Document | undefined;
  if (!validator || Object.keys(validator).length === 0) return { name: NAME, verdict: 'fine', says: 'none' };
  if (options.validationLevel === 'off' || options.validationAction === 'warn') {
    return { name: NAME, verdict: 'fine', says: 'refuses nothing (level off, or action warn)' };
  }
  const refused = await refusedDocuments(context, validator);
  const byItsText = schemaRefuses(validator.$jsonSchema as Document | undefined);
  if (refused?.length === 0 && !byItsText) return { name: NAME, verdict: 'fine', says: 'allows _sync' };
  if (!refused && !byItsText) {
    return {
      name: NAME,
      verdict: 'unseen',
      says: 'this server cannot be asked whether it would refuse _sync',
    };
  }
  return {
    name: NAME,
    verdict: 'mend',
    says: 'refuses documents with _sync: nothing could be written',
    ...(refused && refused.length > 0 ? { examples: refused } : {}),
    mend: [allowText(context.entity.collection, validator)],
  };
}

/** Whether a schema names all fields that there may be, and `_sync` is not among them. */
export function schemaRefuses(schema: Document | undefined): boolean {
  if (schema?.additionalProperties !== false) return false;
  const named = Object.hasOwn((schema.properties ?? {}) as Document, '_sync');
  const matched = Object.keys((schema.patternProperties ?? {}) as Document).some((pattern) =>
    matches(pattern),
  );
  return !named && !matched;
}

function matches(pattern: string): boolean {
  try {
    return new RegExp(pattern).test('_sync');
  } catch {
    return false; // a pattern that JavaScript does not know
  }
}

/**
 * Asks the server itself: documents that pass today, and would not with a stamp. Null: it can't use the validator in a
 * pipeline.
 */
async function refusedDocuments(
  { db, entity }: CheckContext,
  validator: Document,
): Promise<readonly string[] | null> {
  const pipeline = [
    { $limit: TRIED },
    { $match: validator },
    { $set: { _sync: STAMP } },
    { $match: { $nor: [validator] } },
    { $limit: EXAMPLES },
    { $project: { _id: 1 } },
  ];
  try {
    const found = await db.collection(entity.collection).aggregate(pipeline, { bsonRegExp: true }).toArray();
    return found.map(({ _id }) => shownId(_id));
  } catch (error) {
    if (error instanceof MongoServerError) return null;
    throw error;
  }
}

function allowText(collection: string, validator: Document): string {
  const read = `const v = db.getCollectionInfos({ name: "${collection}" })[0].options.validator`;
  const allow = validator.$jsonSchema
    ? 'v.$jsonSchema.properties = { ...v.$jsonSchema.properties, _sync: { bsonType: "object" } }'
    : '/* let v allow _sync: { version, source } */';
  return `mongosh: ${read}; ${allow}; db.runCommand({ collMod: "${collection}", validator: v })`;
}
