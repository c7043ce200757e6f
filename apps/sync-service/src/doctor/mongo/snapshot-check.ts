import type { CheckContext } from '../check-context.js';
import type { Found } from '../finding.js';
import { grouped, sizeText } from '../shown.js';
import type { CollectionFacts } from './collection-facts.js';
import type { DocumentSurvey } from './document-survey.js';

/** What the snapshot's way through the streams carried at least on two cores (docs/benchmarks.md), documents per second. */
const CARRIED_PER_SECOND = 5_000;
/** A page of this many is read to measure; fewer say nothing about a pace. */
const ENOUGH = 1_000;

export interface SnapshotEstimate {
  readonly documents: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly says: string;
}

/** Reads the first documents as the snapshot will, one page. Documents per second; null: there are too few to tell. */
export async function measureReading({ db, entity }: CheckContext): Promise<number | null> {
  const started = performance.now();
  const page = db.collection(entity.collection).find({}, { raw: true, sort: { _id: 1 }, limit: ENOUGH });
  const read = (await page.toArray()).length;
  return read < ENOUGH ? null : read / ((performance.now() - started) / 1000);
}

/** What the first snapshot will have to do. */
export function snapshotEstimate(
  facts: CollectionFacts,
  survey: Pick<DocumentSurvey, 'looked' | 'bytes' | 'sampled'>,
  readPerSecond: number | null,
): SnapshotEstimate {
  const documents = survey.sampled ? facts.documents : survey.looked;
  const average = survey.looked === 0 ? 0 : survey.bytes / survey.looked;
  const bytes = facts.bytes ?? average * documents;
  const perSecond = Math.min(readPerSecond ?? Infinity, CARRIED_PER_SECOND);
  const seconds = documents / perSecond;
  const says = `${grouped(documents)} documents, ${sizeText(bytes)}: about ${durationText(seconds)} (${paceText(readPerSecond)})`;
  return { documents, bytes, seconds, says };
}

function paceText(readPerSecond: number | null): string {
  const carried = `${grouped(CARRIED_PER_SECOND)} a second were carried on two cores`;
  if (readPerSecond === null) return `${carried}; too few were read here to measure`;
  const read = `${grouped(readPerSecond)} a second were read here just now`;
  return `${read}, ${carried}: the slower one counts`;
}

function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 5_400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A dry run of the first snapshot: what would travel, and whether Redis has room for it. */
export function snapshotChecks(estimate: SnapshotEstimate, freeBytes: number | null): readonly Found[] {
  const size: Found = { name: 'dry run', verdict: 'fine', says: estimate.says };
  if (freeBytes === null) return [size];
  const room = `${sizeText(freeBytes)} are free below maxmemory`;
  // Records are there once as themselves, and once more in the stream while they travel.
  if (estimate.bytes * 2 < freeBytes) return [size, { name: 'room in Redis', verdict: 'fine', says: room }];
  const says = `${room}: too little for ${sizeText(estimate.bytes)} of records and the stream that carries them`;
  return [
    size,
    { name: 'room in Redis', verdict: 'mend', says, mend: ['redis-cli: CONFIG SET maxmemory <more>'] },
  ];
}
