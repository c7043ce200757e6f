import type { CheckContext } from '../check-context.js';
import type { Found } from '../finding.js';
import { grouped, sizeText } from '../shown.js';
import type { CollectionFacts } from './collection-facts.js';
import { LARGE_BYTES, type DocumentSurvey, type Tally } from './document-survey.js';
import type { KeyFault } from './key-fault.js';

/** What stands in the documents that matters to the sync. */
export function documentChecks(
  { entity }: CheckContext,
  facts: CollectionFacts,
  survey: DocumentSurvey,
): readonly Found[] {
  if (facts.type === 'none' || survey.looked === 0) {
    return [{ name: 'documents', verdict: 'fine', says: 'none yet' }];
  }
  const found = [
    looked(facts, survey),
    ids(survey),
    ...keys(entity.keyField, survey),
    foreignStamps(entity.collection, survey),
    ...sizes(survey),
    ...rare(survey),
  ];
  if (!survey.sampled) return found;
  return found.map((one) => (one.count === undefined ? one : { ...one, sample: survey.looked }));
}

function looked({ documents }: CollectionFacts, { looked, sampled }: DocumentSurvey): Found {
  const says = sampled
    ? `a random sample of ${grouped(looked)} of about ${grouped(documents)} (--full looks at all)`
    : `all ${grouped(looked)} were looked at`;
  return { name: 'documents', verdict: 'fine', says };
}

function ids({ idTypes }: DocumentSurvey): Found {
  const types = [...idTypes]
    .sort(([, a], [, b]) => b - a)
    .map(([type, count]) => `${type} ${grouped(count)}`);
  return { name: '_id', verdict: 'fine', says: types.join(', ') };
}

const KEY_FAULTS: Readonly<Record<KeyFault, string>> = {
  missing: 'missing',
  list: 'a list',
  'wrong-type': 'of another type',
  'too-long': 'too long',
  'not-normal': 'not in its normal form',
  unusable: 'not usable',
};

function keys(keyField: string, survey: DocumentSurvey): Found[] {
  const faults = Object.entries(KEY_FAULTS) as [KeyFault, string][];
  const found = faults.flatMap(([fault, words]): Found[] => {
    const tally = survey.of(`key:${fault}`);
    if (tally.count === 0) return [];
    return [
      {
        name: `${keyField} ${words}`,
        verdict: 'skipped',
        says: 'not syncable, stay in MongoDB alone',
        ...tally,
      },
    ];
  });
  if (found.length > 0) return found;
  return [{ name: keyField, verdict: 'fine', says: `every document${ofSample(survey)} has a usable one` }];
}

function foreignStamps(collection: string, survey: DocumentSurvey): Found {
  const foreign = survey.of('stamp:foreign');
  const name = '_sync';
  if (foreign.count === 0) {
    const { count } = survey.of('stamp:ours');
    const says =
      count === 0
        ? `free: no document${ofSample(survey)} has it`
        : `${grouped(count)} documents have the product's stamp`;
    return { name, verdict: 'fine', says };
  }
  const filter =
    '{ _sync: { $exists: true }, $or: [{ "_sync.source": { $nin: ["mongo", "redis"] } }, { "_sync.version": { $not: { $type: "number" } } }] }';
  return {
    name,
    verdict: 'mend',
    says: "another program's, where the product keeps its stamp",
    ...foreign,
    mend: [`mongosh: db.${collection}.updateMany(${filter}, { $rename: { _sync: "sync" } })`],
  };
}

function sizes(survey: DocumentSurvey): Found[] {
  const largest = `the largest has ${sizeText(survey.largest)}`;
  const large = survey.of('large');
  if (large.count === 0) return [{ name: 'size', verdict: 'fine', says: largest }];
  const says = `${largest}; a record may have ${sizeText(LARGE_BYTES)}`;
  return [{ name: 'too large', verdict: 'skipped', says, ...large }, ...huge(survey.of('huge'))];
}

function huge(tally: Tally): Found[] {
  if (tally.count === 0) return [];
  const says =
    'near 8 MiB or above: with pre-images one change is larger than a change event may be (16 MiB); servers from 6.0.9 split it';
  return [{ name: 'size with pre-images', verdict: 'notice', says, ...tally }];
}

function ofSample({ sampled }: DocumentSurvey): string {
  return sampled ? ' of the sample' : '';
}

/** What is only spoken of where it is. */
function rare(survey: DocumentSurvey): Found[] {
  const faults: readonly Found[] = [
    {
      name: '_bsontype',
      verdict: 'skipped',
      says: 'some field is called so, and drivers for JavaScript take its object for a type of theirs',
      ...survey.of('bsontype'),
    },
    { name: 'unreadable', verdict: 'skipped', says: 'not valid BSON', ...survey.of('unreadable') },
  ];
  return faults.filter(({ count }) => count !== 0);
}
