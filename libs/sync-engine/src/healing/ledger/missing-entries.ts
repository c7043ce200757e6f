import type { LedgerPage, MissingEvents, RedisMissingEvents } from '@redis-mongo-sync/sync-adapters';
import type { Direction } from '@redis-mongo-sync/sync-core';

/** Event ids that are told by name; of the rest only the number. */
const MAX_NAMED = 20;

/** A search is answered from memory for this long: health is asked often, and reads the whole stream when red. */
const FRESH_MS = 5_000;

/** What the ledger owes and the stream does not hold. */
export interface MissingEntries {
  /** How many; negative: the stream holds more than the ledger says. */
  readonly missing: number;
  /** At most {@link MAX_NAMED} ids of missing events. */
  readonly events: readonly string[];
  /** For a person; `null` when the ledger balances. */
  readonly text: string | null;
}

interface Search {
  readonly at: number;
  readonly missing: number;
  readonly found: Promise<MissingEvents>;
}

/** Puts names to what is missing when the ledger of a direction does not balance. */
export class MissingEntriesSearch {
  private readonly searches = new Map<Direction, Search>();

  constructor(private readonly missing: RedisMissingEvents) {}

  async explain(direction: Direction, { missing }: Pick<LedgerPage, 'missing'>): Promise<MissingEntries> {
    if (missing === 0) return { missing, events: [], text: null };
    if (missing < 0) return { missing, events: [], text: tooMany(-missing) };
    const found = await this.search(direction, missing);
    return { missing, events: found.eventIds.slice(0, MAX_NAMED), text: textOf(missing, found) };
  }

  private search(direction: Direction, missing: number): Promise<MissingEvents> {
    const before = this.searches.get(direction);
    if (before?.missing === missing && Date.now() - before.at < FRESH_MS) return before.found;
    const found = this.missing.find(direction);
    this.searches.set(direction, { at: Date.now(), missing, found });
    found.catch(() => this.searches.delete(direction));
    return found;
  }
}

const REPAIR = 'their records are re-emitted within seconds (SYNC_203)';

export function textOf(missing: number, { eventIds, complete }: MissingEvents): string {
  const named = eventIds.slice(0, MAX_NAMED);
  const more = eventIds.length - named.length;
  const names = named.length === 0 ? '' : `: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
  const nameless = missing - eventIds.length;
  const why = complete
    ? 'a newer version of the same record overtook them'
    : 'more is in flight than can be searched';
  const rest = nameless > 0 ? `; ${nameless} cannot be named: ${why}` : '';
  return `${missing} missing on the stream${names}${rest}; ${REPAIR}`;
}

function tooMany(count: number): string {
  return `the stream holds ${count} more than the ledger says; they are counted within seconds (SYNC_203)`;
}
