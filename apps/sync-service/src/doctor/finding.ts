/**
 * What a check came to, from harmless to grave:
 * - `fine`;
 * - `notice`: works, and somebody should know of it;
 * - `skipped`: what is counted will not be synced, the rest is;
 * - `unseen`: could not be looked at;
 * - `mend`: has to be put right before the sync is trusted with the data.
 */
export type Verdict = 'fine' | 'notice' | 'skipped' | 'unseen' | 'mend';

export interface Finding {
  /** Where it was found; findings of one area stand together. */
  readonly area: string;
  /** What was looked at, unique within the area. */
  readonly name: string;
  readonly verdict: Verdict;
  /** One sentence, without values of fields. */
  readonly says: string;
  /** Documents or keys concerned; of a sample, those in the sample. */
  readonly count?: number;
  /** Size of the sample that was looked at; absent: all. */
  readonly sample?: number;
  /** At most three: ids as canonical Extended JSON, shortened keys. */
  readonly examples?: readonly string[];
  /** What a person types to mend it: for a shell, mongosh or redis-cli. */
  readonly mend?: readonly string[];
  /** What `--fix` does about it. */
  readonly fix?: Fix;
}

/** A change that takes nothing away and can be undone. */
export interface Fix {
  /** In the infinitive: `create the unique index …`. */
  readonly says: string;
  readonly run: () => Promise<unknown>;
}

/** A finding without its area, as checks return it. */
export type Found = Omit<Finding, 'area'>;

export const EXAMPLES = 3;

/** 1: something must be mended; 2: nothing that is known, but not everything could be looked at; else 0. */
export function exitCodeOf(findings: readonly Pick<Finding, 'verdict'>[]): 0 | 1 | 2 {
  const verdicts = new Set(findings.map(({ verdict }) => verdict));
  if (verdicts.has('mend')) return 1;
  return verdicts.has('unseen') ? 2 : 0;
}
