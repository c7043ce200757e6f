import type { DeadLetterBox } from '../bus/message-bus.js';
import type {
  AuditEntry,
  DeadLetter,
  PageRequest,
  ReplayManyOptions,
  ReplayOutcome,
} from '../dead-letters/dead-letter.js';
import { matches, type LetterFilter } from '../dead-letters/letter-filter.js';
import { withoutMark } from '../group-mark.js';
import { DEFAULT_SECRET_FIELDS, redactFields } from '../dead-letters/redact.js';

interface MemoryLetter {
  readonly letter: Omit<DeadLetter, 'fields'>;
  readonly fields: readonly string[];
}

/** The dead letters of one stream in memory, with the behaviour of `DeadLetters`. */
export class InMemoryDeadLetters implements DeadLetterBox {
  private letters: MemoryLetter[] = [];
  private readonly audit: AuditEntry[] = [];

  constructor(
    private readonly hooks: {
      readonly nextId: () => string;
      readonly putBack: (letter: MemoryLetter) => string;
    },
  ) {}

  add(fields: readonly string[], letter: Omit<DeadLetter, 'fields' | 'letterId'>): string {
    const letterId = this.hooks.nextId();
    this.letters.push({ fields: withoutMark(fields), letter: { letterId, ...letter } });
    return letterId;
  }

  size(): Promise<number> {
    return Promise.resolve(this.letters.length);
  }

  list({ after, limit = 50 }: PageRequest = {}) {
    const from =
      after === undefined ? 0 : this.letters.findIndex(({ letter }) => letter.letterId === after) + 1;
    const letters = this.letters.slice(from, from + limit).map(shown);
    const more = this.letters.length > from + limit;
    return Promise.resolve({ letters, next: more ? (letters.at(-1)?.letterId ?? null) : null });
  }

  get(letterId: string): Promise<DeadLetter | undefined> {
    const found = this.letterOf(letterId);
    return Promise.resolve(found && shown(found));
  }

  find(filter: LetterFilter, limit = 50): Promise<readonly DeadLetter[]> {
    return Promise.resolve(
      this.letters
        .map(shown)
        .filter((letter) => matches(letter, filter))
        .slice(0, limit),
    );
  }

  replay(letterId: string, { by = 'unknown' } = {}): Promise<ReplayOutcome> {
    const found = this.letterOf(letterId);
    if (!found) return Promise.resolve({ kind: 'not-found' });
    if (found.letter.redacted !== undefined) return Promise.resolve({ kind: 'redacted' });
    const entryId = this.hooks.putBack(found);
    this.remove(found, { action: 'replay', by, detail: entryId });
    return Promise.resolve({ kind: 'replayed', entryId });
  }

  async replayMatching(filter: LetterFilter, options: ReplayManyOptions = {}) {
    const found = await this.find(filter, options.limit ?? 1_000);
    let replayed = 0;
    for (const { letterId } of options.dryRun ? [] : found) {
      const { kind } = await this.replay(letterId, { by: options.by ?? 'unknown' });
      if (kind === 'replayed') replayed += 1;
    }
    return { matched: found.length, replayed, sample: found.slice(0, 10).map(({ letterId }) => letterId) };
  }

  discard(letterId: string, { by = 'unknown' } = {}): Promise<boolean> {
    const found = this.letterOf(letterId);
    if (found) this.remove(found, { action: 'discard', by, detail: found.letter.error });
    return Promise.resolve(found !== undefined);
  }

  redact(letterId: string, names: readonly string[], { by = 'unknown' } = {}): Promise<string | undefined> {
    const found = this.letterOf(letterId);
    if (!found) return Promise.resolve(undefined);
    const fields = Object.entries(redactFields(found.fields, names)).flat();
    this.remove(found, { action: 'redact', by, detail: names.join(', ') });
    const { letterId: _, ...letter } = found.letter;
    return Promise.resolve(this.add(fields, { ...letter, redacted: by }));
  }

  cleanUp(): Promise<number> {
    return Promise.resolve(0); // a test does not last seven days
  }

  auditTrail(limit = 50): Promise<readonly AuditEntry[]> {
    return Promise.resolve(this.audit.slice(-limit).reverse());
  }

  private letterOf(letterId: string): MemoryLetter | undefined {
    return this.letters.find(({ letter }) => letter.letterId === letterId);
  }

  private remove(found: MemoryLetter, note: Omit<AuditEntry, 'id' | 'letterId'>): void {
    this.letters = this.letters.filter((one) => one !== found);
    this.audit.push({ id: this.hooks.nextId(), letterId: found.letter.letterId, ...note });
  }
}

function shown({ letter, fields }: MemoryLetter): DeadLetter {
  return { ...letter, fields: redactFields(fields, DEFAULT_SECRET_FIELDS) };
}
