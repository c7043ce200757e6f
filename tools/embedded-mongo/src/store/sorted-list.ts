const CHUNK = 512;

/**
 * A sorted sequence kept in chunks of at most 1,024 items: finding, adding and removing touch one chunk.
 * Searches are asked as predicates that hold from some place of the order onwards.
 */
export class SortedList<T> {
  private readonly chunks: T[][] = [];
  private count = 0;

  constructor(private readonly compare: (a: T, b: T) => number) {}

  get size(): number {
    return this.count;
  }

  add(item: T): void {
    const [c, i] = this.find((other) => this.compare(other, item) > 0);
    this.count += 1;
    const chunk = this.chunks[c] ?? this.chunks.at(-1);
    if (!chunk) {
      this.chunks.push([item]);
      return;
    }
    const owner = c < this.chunks.length ? c : this.chunks.length - 1;
    if (owner === c) chunk.splice(i, 0, item);
    else chunk.push(item);
    if (chunk.length > CHUNK * 2) this.split(owner, chunk);
  }

  /** Replaces everything by these items, in any order. */
  fill(items: T[]): void {
    items.sort(this.compare);
    this.count = items.length;
    this.chunks.length = 0;
    for (let at = 0; at < items.length; at += CHUNK) this.chunks.push(items.slice(at, at + CHUNK));
  }

  /** Removes the item that compares equal. */
  delete(item: T): boolean {
    const [c, i] = this.find((other) => this.compare(other, item) >= 0);
    const chunk = this.chunks[c];
    const found = chunk?.[i];
    if (!chunk || found === undefined || this.compare(found, item) !== 0) return false;
    chunk.splice(i, 1);
    if (chunk.length === 0) this.chunks.splice(c, 1);
    this.count -= 1;
    return true;
  }

  /** From the first item for which `reached` holds, upwards. */
  *ascending(reached: (item: T) => boolean = () => true): Generator<T> {
    const [first, offset] = this.find(reached);
    for (let c = first; c < this.chunks.length; c++) {
      const chunk = this.chunks[c] ?? [];
      for (let i = c === first ? offset : 0; i < chunk.length; i++) yield chunk[i] as T;
    }
  }

  /** From the last item for which `beyond` does not hold yet, downwards. */
  *descending(beyond: (item: T) => boolean = () => false): Generator<T> {
    const [last, offset] = this.find(beyond);
    for (let c = Math.min(last, this.chunks.length - 1); c >= 0; c--) {
      const chunk = this.chunks[c] ?? [];
      for (let i = (c === last ? offset : chunk.length) - 1; i >= 0; i--) yield chunk[i] as T;
    }
  }

  /** Chunk and offset of the first item for which the predicate holds; past the end when none does. */
  private find(holds: (item: T) => boolean): [chunk: number, offset: number] {
    const c = firstIndex(this.chunks.length, (at) => holds(this.chunks[at]?.at(-1) as T));
    const chunk = this.chunks[c];
    return chunk ? [c, firstIndex(chunk.length, (at) => holds(chunk[at] as T))] : [c, 0];
  }

  private split(at: number, chunk: T[]): void {
    // A list that grows at its end keeps full chunks: sorted inserts are the common case.
    const keep = at === this.chunks.length - 1 ? CHUNK * 2 - CHUNK / 4 : CHUNK;
    this.chunks.splice(at + 1, 0, chunk.splice(keep));
  }
}

/** The first index in [0, length) for which the monotone predicate holds, else `length`. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
