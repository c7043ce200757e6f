import type { CheckContext } from '../check-context.js';
import type { Effort } from '../effort.js';
import { EXAMPLES } from '../finding.js';
import type { CollectionFacts } from './collection-facts.js';
import { documentFacts, type DocumentFacts } from './document-facts.js';

export interface Tally {
  readonly count: number;
  readonly examples: readonly string[];
}

/** What was seen in the documents of the collection, or in a random sample of them. */
export interface DocumentSurvey {
  readonly looked: number;
  readonly sampled: boolean;
  readonly bytes: number;
  readonly largest: number;
  readonly of: (sight: Sight) => Tally;
  readonly idTypes: ReadonlyMap<string, number>;
}

type Sight =
  | `key:${NonNullable<DocumentFacts['keyFault']>}`
  | `stamp:${DocumentFacts['stamp']}`
  | 'large'
  | 'huge'
  | 'bsontype'
  | 'unreadable';

/** Most bytes of a sample. */
const SAMPLE_BYTES = 2 ** 28;

/** The default limit of a record. */
export const LARGE_BYTES = 2 ** 20;
/** Before and after image of a change together exceed a change event's 16 MiB from here on, a margin left. */
export const HUGE_BYTES = 7.5 * 2 ** 20;

const BATCH = 1_000;
const NONE: Tally = { count: 0, examples: [] };

export async function surveyDocuments(
  context: CheckContext,
  facts: CollectionFacts,
): Promise<DocumentSurvey> {
  const sample = sampleSize(context.effort, facts);
  const seen = new Sights();
  const total = sample ?? facts.documents;
  context.progress('documents', 0, total);
  for await (const raw of documents(context, sample)) {
    if (context.signal.aborted) break;
    seen.add(context.entity, raw);
    if (seen.looked % BATCH === 0) context.progress('documents', seen.looked, total);
  }
  const { looked, bytes, largest, idTypes } = seen;
  return { looked, bytes, largest, idTypes, sampled: sample !== null, of: (sight) => seen.of(sight) };
}

/** Null: all of them. */
function sampleSize(effort: Effort, { documents, bytes }: CollectionFacts): number | null {
  if (documents <= effort.wholeDocuments && (bytes ?? 0) <= effort.wholeBytes) return null;
  const average = bytes === null ? 0 : bytes / documents;
  const affordable = average > 0 ? Math.floor(SAMPLE_BYTES / average) : effort.sample;
  return Math.max(100, Math.min(effort.sample, affordable, Math.floor(documents / 20)));
}

/** As bytes: one document that cannot be decoded does not end the scan. */
function documents({ db, entity }: CheckContext, sample: number | null): AsyncIterable<Uint8Array> {
  const collection = db.collection(entity.collection);
  const raw = { raw: true, batchSize: BATCH } as const;
  const cursor =
    sample === null
      ? collection.find({}, raw)
      : collection.aggregate([{ $sample: { size: sample } }], { ...raw, allowDiskUse: true });
  return cursor as unknown as AsyncIterable<Uint8Array>;
}

class Sights {
  looked = 0;
  bytes = 0;
  largest = 0;
  readonly idTypes = new Map<string, number>();
  private readonly tallies = new Map<Sight, { count: number; examples: string[] }>();

  add(entity: CheckContext['entity'], raw: Uint8Array): void {
    this.looked += 1;
    this.bytes += raw.byteLength;
    this.largest = Math.max(this.largest, raw.byteLength);
    try {
      this.note(documentFacts(entity, raw));
    } catch {
      this.count('unreadable', `document ${this.looked} of the scan`);
    }
  }

  of(sight: Sight): Tally {
    return this.tallies.get(sight) ?? NONE;
  }

  private note({ id, idType, keyFault, stamp, bytes, bsontype }: DocumentFacts): void {
    this.idTypes.set(idType, (this.idTypes.get(idType) ?? 0) + 1);
    if (keyFault) this.count(`key:${keyFault}`, id);
    this.count(`stamp:${stamp}`, id);
    if (bytes > LARGE_BYTES) this.count('large', id);
    if (bytes > HUGE_BYTES) this.count('huge', id);
    if (bsontype) this.count('bsontype', id);
  }

  private count(sight: Sight, example: string): void {
    const tally = this.tallies.get(sight) ?? { count: 0, examples: [] };
    tally.count += 1;
    if (tally.examples.length < EXAMPLES) tally.examples.push(example);
    this.tallies.set(sight, tally);
  }
}
