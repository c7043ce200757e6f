import type { StreamEntry } from './stream-entry.js';

/** Name of the last field of an entry that was replayed from a dead letter: the group that it is for. See lua/replay.lua. */
export const GROUP_MARK = '__group';

/** The one group that a replayed entry is for; undefined for an entry that is for all groups. */
export function replayedFor({ fields }: StreamEntry): string | undefined {
  return fields.length > 2 && fields.at(-2) === GROUP_MARK ? fields.at(-1) : undefined;
}

/** An entry's pairs as they were published. */
export function withoutMark(fields: readonly string[]): readonly string[] {
  return replayedFor({ id: '', fields }) === undefined ? fields : fields.slice(0, -2);
}
