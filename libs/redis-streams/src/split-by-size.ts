import type { StreamEntry } from './stream-entry.js';

/**
 * Cuts a batch, in order, into parts of at most `maxCharacters` (an entry larger than that is a part of its
 * own). A batch within the budget – the usual case – comes back as it is, without copying.
 */
export function splitBySize(
  entries: readonly StreamEntry[],
  maxCharacters: number,
): readonly (readonly StreamEntry[])[] {
  const parts: (readonly StreamEntry[])[] = [];
  let start = 0;
  let size = 0;
  entries.forEach((entry, index) => {
    const own = sizeOf(entry);
    if (size + own > maxCharacters && index > start) {
      parts.push(entries.slice(start, index));
      start = index;
      size = 0;
    }
    size += own;
  });
  if (start === 0) return entries.length === 0 ? [] : [entries];
  parts.push(entries.slice(start));
  return parts;
}

function sizeOf(entry: StreamEntry): number {
  let size = 0;
  for (const part of entry.fields) size += part.length;
  return size;
}
