import type { BatchHandler } from '../consumer/consumer-options.js';
import { compareIds, idBefore } from '../stream-entry.js';

/**
 * Up to where this instance has handled a partition, for a group that is lost and made anew: it must not begin with
 * the history that it never asked for, nor skip what was in hand.
 */
export class GroupPosition {
  private readonly unfinished = new Set<string>();

  /** @param last the id after which the group reads */
  constructor(private last: string) {}

  /** The id after which the group is to read. */
  get id(): string {
    const [first] = [...this.unfinished].sort(compareIds);
    if (first === undefined) return this.last;
    const before = idBefore(first);
    return compareIds(before, this.last) < 0 ? before : this.last;
  }

  /** `handler`, with what it finishes noted. */
  follow(handler: BatchHandler): BatchHandler {
    return async (entries, context) => {
      for (const { id } of entries) this.unfinished.add(id);
      const result = await handler(entries, context);
      for (const { id } of entries) {
        this.unfinished.delete(id);
        if (compareIds(id, this.last) > 0) this.last = id;
      }
      return result;
    };
  }
}
