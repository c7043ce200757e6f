import { DIFFERENCE_KINDS, type Depth, type Difference, type DifferenceKind } from './difference.js';

export interface ReconcileRequest {
  readonly entity: string;
  /** `full`: every record. `sample`: random records of both sides. */
  readonly mode: 'sample' | 'full';
  /** Records to look at in mode `sample`. */
  readonly sample: number;
  readonly depth: Depth;
  /** False: nothing is changed. */
  readonly repair: boolean;
  /** What becomes of a record that only Redis has: it is sent to Mongo, or deleted on both sides. */
  readonly extra: 'emit' | 'remove';
  /** Records per second; 0: as fast as it goes. */
  readonly rate: number;
}

export interface ReconcileReport {
  /** Records that were looked at, on either side. */
  readonly compared: number;
  /** Estimated at the start. */
  readonly total: number;
  readonly buckets: number;
  /** Buckets whose digests differed, so that their records were looked at one by one. */
  readonly unequalBuckets: number;
  /** Differences that persisted, by kind. */
  readonly found: Readonly<Record<DifferenceKind, number>>;
  /** Records that did not come to rest while they were looked at: neither equal nor different. */
  readonly settling: number;
  /** Differences that were there and are gone, by this run. */
  readonly repaired: number;
  /** Differences that remain. */
  readonly left: number;
  /** The first of those that were found, at most {@link LISTED}; `left`: still there. */
  readonly differences: readonly (Difference & { readonly left: boolean })[];
  /** The first of those that did not come to rest. */
  readonly settlingKeys: readonly string[];
  readonly cancelled: boolean;
}

/** More differences than this are counted, not listed: a report stays small whatever happened. */
export const LISTED = 500;

/** The report while it is being written. */
export class Tally {
  compared = 0;
  total = 0;
  buckets = 0;
  unequalBuckets = 0;
  settling = 0;
  repaired = 0;
  left = 0;
  private readonly found: Record<DifferenceKind, number> = noneFound();
  private readonly listed: (Difference & { left: boolean })[] = [];
  private readonly settlingKeys: string[] = [];

  /** What came of one batch: what was found, and which keys of it are still different. */
  note(differences: readonly Difference[], leftKeys: ReadonlySet<string>): void {
    for (const difference of differences) {
      const left = leftKeys.has(difference.key);
      this.found[difference.kind] += 1;
      if (left) this.left += 1;
      else this.repaired += 1;
      if (this.listed.length < LISTED) this.listed.push({ ...difference, left });
    }
  }

  noteSettling(keys: readonly string[]): void {
    this.settling += keys.length;
    this.settlingKeys.push(...keys.slice(0, LISTED - this.settlingKeys.length));
  }

  report(cancelled: boolean): ReconcileReport {
    const { compared, total, buckets, unequalBuckets, settling, repaired, left } = this;
    return {
      compared,
      total,
      buckets,
      unequalBuckets,
      found: { ...this.found },
      settling,
      repaired,
      left,
      differences: [...this.listed],
      settlingKeys: [...this.settlingKeys],
      cancelled,
    };
  }
}

export function differencesFound({ found }: Pick<ReconcileReport, 'found'>): number {
  return DIFFERENCE_KINDS.reduce((sum, kind) => sum + found[kind], 0);
}

function noneFound(): Record<DifferenceKind, number> {
  return Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0])) as Record<DifferenceKind, number>;
}
