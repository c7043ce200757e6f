export interface DeadLetter {
  readonly letterId: string;
  /** Where the entry was: stream, consumer group and the id it had. */
  readonly stream: string;
  readonly group: string;
  readonly originalId: string;
  readonly error: string;
  readonly attempts: number;
  /** Epoch ms. */
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
  /** The original entry, secrets blanked. */
  readonly fields: Readonly<Record<string, string>>;
  /** Who blanked parts of it for good, and when; such a letter can't be replayed. */
  readonly redacted?: string;
}

export interface PageRequest {
  readonly after?: string;
  readonly limit?: number;
}

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly action: 'replay' | 'discard' | 'redact' | 'clean-up';
  readonly by: string;
  readonly letterId: string;
  readonly detail: string;
}

export interface ReplayManyOptions {
  /** Most letters to replay. Default 1,000. */
  readonly limit?: number;
  /** Default 50. */
  readonly perSecond?: number;
  /** Only counts. */
  readonly dryRun?: boolean;
  /** Who does it, for the audit. */
  readonly by?: string;
  readonly signal?: AbortSignal;
}

export interface ReplayManyReport {
  /** Letters that the filter fits, up to the limit. */
  readonly matched: number;
  readonly replayed: number;
  /** The first ones, to look at. */
  readonly sample: readonly string[];
}

export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly entryId: string }
  /** Already replayed or discarded. */
  | { readonly kind: 'not-found' }
  /** The letter came from another stream than this one. */
  | { readonly kind: 'foreign' }
  /** Parts of it were blanked for good. */
  | { readonly kind: 'redacted' };
