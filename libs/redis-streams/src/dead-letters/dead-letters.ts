import type { Redis } from 'ioredis';
import type { StepCounter } from '../step-counter.js';
import { systemClock, type Clock } from '../clock.js';
import type {
  AuditEntry,
  DeadLetter,
  DeadLetterPage,
  PageRequest,
  ReplayManyOptions,
  ReplayManyReport,
  ReplayOutcome,
} from './dead-letter.js';
import { blank, toLetter } from './letter-codec.js';
import { matches, type LetterFilter } from './letter-filter.js';
import { cleanScript, discardScript, redactScript, replayScript } from './letter-scripts.js';
import { DEFAULT_SECRET_FIELDS } from './redact.js';

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

const MAX_PAGE = 500;

const AUDIT_LENGTH = 10_000;
const UNKNOWN = 'unknown';
const MIN_DAYS = 7;
const MAX_DAYS = 30;
const DAY_MS = 86_400_000;

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
    const letters = rows.slice(0, limit).map((row) => toLetter(row, this.secrets));
    return { letters, next: rows.length > limit ? (letters.at(-1)?.letterId ?? null) : null };
  }

  async get(letterId: string): Promise<DeadLetter | undefined> {
    if (!isEntryId(letterId)) return undefined;
    const [row] = await this.options.commands.xrange(this.dlq, letterId, letterId);
    return row && toLetter(row, this.secrets);
  }

  /** Puts the original entry back as a new one, for the letter's group only, and removes the letter. */
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
    const args = [letterId, by, AUDIT_LENGTH, names.join(', '), ...blank(row, names, by)];
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
        const letter = toLetter(row, this.secrets);
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
}

function isEntryId(text: string): boolean {
  return /^\d{1,20}-\d{1,20}$/.test(text);
}
