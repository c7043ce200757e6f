/** What a document may be: gone, or there with this value. */
export type State = 'absent' | number;

export interface Discrepancy {
  kind: 'lost' | 'twice';
  id: string;
  says: string;
}

/**
 * What the writers know about each document. An acknowledged write leaves one possible state. One without
 * an answer leaves two, before and after, and nobody writes that document again.
 */
export class Ledger {
  acknowledged = 0;
  private readonly possible = new Map<string, State[]>();
  private changed = new Set<string>();

  acknowledge(id: string, state: State): void {
    this.acknowledged++;
    this.possible.set(id, [state]);
    this.changed.add(id);
  }

  /**
   * No answer came. The driver does not always try again: it does not when its monitor noticed the end of the
   * server before the write did.
   */
  doubt(id: string, before: State, after: State): void {
    this.possible.set(id, [before, after]);
    this.changed.add(id);
  }

  get ids(): string[] {
    return [...this.possible.keys()];
  }

  isInDoubt(id: string): boolean {
    return (this.possible.get(id)?.length ?? 0) > 1;
  }

  /** The documents written since this was last asked, with the states acknowledged by now. */
  takeChanged(): ReadonlyMap<string, readonly State[]> {
    const taken = new Map([...this.changed].map((id) => [id, this.possible.get(id) ?? []]));
    this.changed = new Set();
    return taken;
  }

  /** Compares one document with all it may be. */
  check(id: string, found: State, possible = this.possible.get(id)): Discrepancy | undefined {
    if (possible?.includes(found)) return undefined;
    const expected = possible?.join(' or ') ?? 'absent';
    const says = `${id} is ${found}, expected ${expected}`;
    return { kind: isMore(found, possible?.at(-1)) ? 'twice' : 'lost', id, says };
  }
}

/** Something happened more often than it was asked for. */
function isMore(found: State, expected: State = 'absent'): boolean {
  if (found === 'absent') return false;
  return expected === 'absent' ? false : found > expected;
}
