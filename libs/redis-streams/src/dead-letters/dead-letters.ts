import type { Redis } from 'ioredis';
import { defineScript } from '../lua-script.js';
import type { StepCounter } from '../step-counter.js';
import { systemClock, type Clock } from '../clock.js';
import { matches, type LetterFilter } from './letter-filter.js';
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
  /** Who blanked parts of it for good, and when; such a letter can't be replayed. */
  readonly redacted?: string;
}

export interface PageRequest {
  readonly after?: string;
  readonly limit?: number;
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

export interface AuditEntry {
  readonly id: string;
  readonly action: 'replay' | 'discard' | 'redact' | 'clean-up';
  readonly by: string;
  readonly letterId: string;
  readonly detail: string;
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
  | { readonly kind: 'foreign' }
  /** Parts of it were blanked for good. */
  | { readonly kind: 'redacted' };

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
  /** Further streams whose letters lie here and go back there: the partitions of a stream. */
  readonly partitions?: readonly string[];
  /** Notes who replayed, discarded, redacted and cleaned up, in `<dead-letter stream>:audit`. Default false. */
  readonly audit?: boolean;
  readonly clock?: Clock;
}

export const MAX_PAGE = 500;

/** Strings of a letter's own, before those of the original; see lua/dead-letter.lua. */
const META = 14;
/** Last pair of a letter with blanked parts; see lua/replay.lua. */
const REDACTED_MARK = '__redacted';
const AUDIT_LENGTH = 10_000;
const UNKNOWN = 'unknown';
const MIN_DAYS = 7;
const MAX_DAYS = 30;
const DAY_MS = 86_400_000;

type LetterRow = [id: string, fields: string[]];

const replayScript = defineScript<ReplayOutcome>({
  name: 'streams.replay',
  file: new URL('../lua/replay.lua', import.meta.url),
  decode: (raw) => {
    const [kind, entryId] = raw as [ReplayOutcome['kind'], string];
    return kind === 'replayed' ? { kind, entryId } : { kind };
  },
});

const discardScript = defineScript<number>({
  name: 'streams.discard-letter',
  file: new URL('../lua/discard-letter.lua', import.meta.url),
  numberOfKeys: 2,
});

const redactScript = defineScript<string>({
  name: 'streams.redact-letter',
  file: new URL('../lua/redact-letter.lua', import.meta.url),
  numberOfKeys: 2,
});

const cleanScript = defineScript<number>({
  name: 'streams.clean-letters',
  file: new URL('../lua/clean-letters.lua', import.meta.url),
  numberOfKeys: 2,
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
  async replay(letterId: string, { by = UNKNOWN } = {}): Promise<ReplayOutcome> {
    if (!isEntryId(letterId)) return { kind: 'not-found' };
    return this.putBack(letterId, by);
  }

  /**
   * Replays the letters that fit, oldest first, at no more than `perSecond`; of those that are there now, so
   * that one that fails again is not replayed twice. With `dryRun` it only counts them.
   */
  async replayMatching(filter: LetterFilter, options: ReplayManyOptions = {}): Promise<ReplayManyReport> {
    const { limit = 1_000, perSecond = 50, dryRun = false, by = UNKNOWN, signal } = options;
    if (!(limit >= 1) || !(perSecond > 0)) throw new RangeError('limit and perSecond must be above 0');
    const sample: string[] = [];
    let [matched, replayed] = [0, 0];
    for await (const letter of this.scan(filter)) {
      if (matched >= limit || signal?.aborted) break;
      matched += 1;
      if (sample.length < 10) sample.push(letter.letterId);
      if (dryRun) continue;
      if (replayed > 0) await this.wait(1_000 / perSecond);
      replayed += (await this.putBack(letter.letterId, by)).kind === 'replayed' ? 1 : 0;
    }
    return { matched, replayed, sample };
  }

  /** Up to `limit` letters that fit, oldest first. */
  async find(filter: LetterFilter, limit = 50): Promise<readonly DeadLetter[]> {
    const found: DeadLetter[] = [];
    for await (const letter of this.scan(filter)) {
      found.push(letter);
      if (found.length >= limit) break;
    }
    return found;
  }

  /**
   * Blanks fields of these names for good, within JSON as well. Returns the letter's new id; undefined when
   * it is not there (any more). A redacted letter can be looked at and discarded, but not replayed.
   */
  async redact(
    letterId: string,
    names: readonly string[],
    { by = UNKNOWN } = {},
  ): Promise<string | undefined> {
    if (!isEntryId(letterId)) return undefined;
    const [row] = await this.options.commands.xrange(this.dlq, letterId, letterId);
    if (!row) return undefined;
    const [own, original] = [row[1].slice(0, META), row[1].slice(META)];
    const blanked = original.flatMap((_, index) =>
      index % 2 === 0 ? Object.entries(redactFields(original.slice(index, index + 2), names)).flat() : [],
    );
    const mark = blanked.at(-2) === REDACTED_MARK ? [] : [REDACTED_MARK, by];
    const args = [letterId, by, AUDIT_LENGTH, names.join(', '), ...own, ...blanked, ...mark];
    return (await redactScript.run(this.options.commands, [this.dlq, this.auditKey], args)) || undefined;
  }

  /** Removes letters older than `days` (7 to 30, default 30). Returns how many. */
  async cleanUp({ days = MAX_DAYS, by = 'retention' } = {}): Promise<number> {
    if (!(days >= MIN_DAYS && days <= MAX_DAYS))
      throw new RangeError(`dead letters are kept from ${MIN_DAYS} to ${MAX_DAYS} days, not ${days}`);
    const before = `${Math.floor(this.clock.now() - days * DAY_MS)}-0`;
    return cleanScript.run(this.options.commands, [this.dlq, this.auditKey], [before, by, AUDIT_LENGTH]);
  }

  /** Who did what, newest first. */
  async auditTrail(limit = 50): Promise<readonly AuditEntry[]> {
    const rows = await this.options.commands.xrevrange(this.auditKey, '+', '-', 'COUNT', limit);
    return rows.map(([id, [, action, , by = '', , letterId = '', , detail = '']]) => {
      return { id, action: action as AuditEntry['action'], by, letterId, detail };
    });
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
      const outcomes = await Promise.all(rows.map(([id]) => this.putBack(id, UNKNOWN)));
      replayed += outcomes.filter(({ kind }) => kind === 'replayed').length;
      start = `(${final}`;
    }
    return replayed;
  }

  /** True when the letter was there. Its entry is gone for good. */
  async discard(letterId: string, { by = UNKNOWN } = {}): Promise<boolean> {
    const { commands, audit = false } = this.options;
    if (!isEntryId(letterId)) return false;
    if (!audit) return (await commands.xdel(this.dlq, letterId)) === 1;
    return (await discardScript.run(commands, [this.dlq, this.auditKey], [letterId, by, AUDIT_LENGTH])) === 1;
  }

  private get auditKey(): string {
    return `${this.dlq}:audit`;
  }

  private get clock(): Clock {
    return this.options.clock ?? systemClock;
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }

  /** Those that fit among the letters that are there now, oldest first. */
  private async *scan(filter: LetterFilter): AsyncGenerator<DeadLetter> {
    const { commands } = this.options;
    const last = (await commands.xrevrange(this.dlq, '+', '-', 'COUNT', 1))[0]?.[0];
    let start = filter.from ? `${filter.from.getTime()}-0` : '-';
    while (last !== undefined) {
      const rows = await commands.xrange(this.dlq, start, last, 'COUNT', MAX_PAGE);
      for (const row of rows) {
        const letter = this.toLetter(row);
        if (matches(letter, filter)) yield letter;
      }
      const final = rows.at(-1)?.[0];
      if (final === undefined) return;
      start = `(${final}`;
    }
  }

  private async putBack(letterId: string, by: string): Promise<ReplayOutcome> {
    const { commands, replayCounter, audit = false } = this.options;
    const stream = await this.originOf(letterId);
    const auditKeys = audit ? [this.auditKey] : [];
    const keys = [
      this.dlq,
      stream,
      ...(replayCounter ? [replayCounter.key] : audit ? [''] : []),
      ...auditKeys,
    ];
    return replayScript.run(commands, keys, [letterId, replayCounter?.field ?? '', by, AUDIT_LENGTH]);
  }

  /** The partition that a letter came from; the script refuses letters of any other stream. */
  private async originOf(letterId: string): Promise<string> {
    const { commands, stream, partitions = [] } = this.options;
    if (partitions.length === 0) return stream;
    const [row] = await commands.xrange(this.dlq, letterId, letterId);
    const origin = row?.[1][3];
    return origin !== undefined && partitions.includes(origin) ? origin : stream;
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
    const redacted = original.at(-2) === REDACTED_MARK ? original.at(-1) : undefined;
    return {
      letterId,
      stream: stream ?? '',
      group: group ?? '',
      originalId: originalId ?? '',
      error: error ?? '',
      attempts: Number(attempts),
      firstFailedAt: Number(firstFailedAt),
      lastFailedAt: Number(lastFailedAt),
      fields: redactFields(redacted === undefined ? original : original.slice(0, -2), this.secrets),
      ...(redacted === undefined ? {} : { redacted }),
    };
  }
}

function isEntryId(text: string): boolean {
  return /^\d{1,20}-\d{1,20}$/.test(text);
}
