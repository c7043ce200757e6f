import type { Redis } from 'ioredis';
import { defineScript } from '../lua-script.js';
import type { StepCounter } from '../step-counter.js';
import { DEFAULT_SECRET_FIELDS, redactFields } from './redact.js';

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
}

interface PageRequest {
  readonly after?: string;
  readonly limit?: number;
}

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly entryId: string }
  /** Already replayed or discarded. */
  | { readonly kind: 'not-found' }
  /** The letter came from another stream than this one. */
  | { readonly kind: 'foreign' };

export interface DeadLettersOptions {
  readonly commands: Redis;
  /** The stream that entries go back to. */
  readonly stream: string;
  /** Default `<stream>:dlq`. */
  readonly deadLetterStream?: string;
  /** Names never shown, beside `DEFAULT_SECRET_FIELDS`. */
  readonly secretFields?: readonly string[];
  /** Counts every replayed entry. */
  readonly replayCounter?: StepCounter;
}

export const MAX_PAGE = 500;

type LetterRow = [id: string, fields: string[]];

const replayScript = defineScript<ReplayOutcome>({
  name: 'streams.replay',
  file: new URL('../lua/replay.lua', import.meta.url),
  decode: (raw) => {
    const [kind, entryId] = raw as [ReplayOutcome['kind'], string];
    return kind === 'replayed' ? { kind, entryId } : { kind };
  },
});

/** The dead letters of one stream, oldest first: to look at, to put back, to throw away. */
export class DeadLetters {
  private readonly dlq: string;
  private readonly secrets: readonly string[];

  constructor(private readonly options: DeadLettersOptions) {
    this.dlq = options.deadLetterStream ?? `${options.stream}:dlq`;
    this.secrets = [...DEFAULT_SECRET_FIELDS, ...(options.secretFields ?? [])];
  }

  size(): Promise<number> {
    return this.options.commands.xlen(this.dlq);
  }

  /** `limit` 1…500; `after` is a `next` of an earlier page. Throws RangeError for anything else. */
  async list({ after, limit = 50 }: PageRequest = {}): Promise<DeadLetterPage> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
      throw new RangeError(`limit must be a whole number from 1 to ${MAX_PAGE}`);
    }
    if (after !== undefined && !isEntryId(after)) throw new RangeError('after must be an entry id');
    const start = after === undefined ? '-' : `(${after}`;
    const rows = await this.options.commands.xrange(this.dlq, start, '+', 'COUNT', limit + 1);
    const letters = rows.slice(0, limit).map((row) => this.toLetter(row));
    return { letters, next: rows.length > limit ? (letters.at(-1)?.letterId ?? null) : null };
  }

  async get(letterId: string): Promise<DeadLetter | undefined> {
    if (!isEntryId(letterId)) return undefined;
    const [row] = await this.options.commands.xrange(this.dlq, letterId, letterId);
    return row && this.toLetter(row);
  }

  /** Puts the original entry back as a new one, for every group of the stream, and removes the letter. */
  async replay(letterId: string): Promise<ReplayOutcome> {
    if (!isEntryId(letterId)) return { kind: 'not-found' };
    return this.putBack(letterId);
  }

  /**
   * Replays the oldest letters, at most `limit`. Only those that are there now: a letter that fails again
   * and returns is not replayed twice. Returns how many went back.
   */
  async replayOldest(limit: number): Promise<number> {
    const { commands } = this.options;
    const last = (await commands.xrevrange(this.dlq, '+', '-', 'COUNT', 1))[0]?.[0];
    let replayed = 0;
    for (let start = '-'; last !== undefined && replayed < limit;) {
      const count = Math.min(MAX_PAGE, limit - replayed);
      const rows = await commands.xrange(this.dlq, start, last, 'COUNT', count);
      const final = rows.at(-1)?.[0];
      if (final === undefined) break;
      const outcomes = await Promise.all(rows.map(([id]) => this.putBack(id)));
      replayed += outcomes.filter(({ kind }) => kind === 'replayed').length;
      start = `(${final}`;
    }
    return replayed;
  }

  /** True when the letter was there. Its entry is gone for good. */
  async discard(letterId: string): Promise<boolean> {
    return isEntryId(letterId) && (await this.options.commands.xdel(this.dlq, letterId)) === 1;
  }

  private putBack(letterId: string): Promise<ReplayOutcome> {
    const { commands, stream, replayCounter } = this.options;
    const keys = [this.dlq, stream, ...(replayCounter ? [replayCounter.key] : [])];
    return replayScript.run(commands, keys, [letterId, ...(replayCounter ? [replayCounter.field] : [])]);
  }

  /** The letter's own seven pairs come first, in a fixed order; see lua/dead-letter.lua. */
  private toLetter([letterId, fields]: LetterRow): DeadLetter {
    const [
      ,
      originalId,
      ,
      stream,
      ,
      group,
      ,
      error,
      ,
      attempts,
      ,
      firstFailedAt,
      ,
      lastFailedAt,
      ...original
    ] = fields;
    return {
      letterId,
      stream: stream ?? '',
      group: group ?? '',
      originalId: originalId ?? '',
      error: error ?? '',
      attempts: Number(attempts),
      firstFailedAt: Number(firstFailedAt),
      lastFailedAt: Number(lastFailedAt),
      fields: redactFields(original, this.secrets),
    };
  }
}

function isEntryId(text: string): boolean {
  return /^\d{1,20}-\d{1,20}$/.test(text);
}
