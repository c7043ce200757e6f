/** The order of keys in both stores: that of their UTF-8 bytes, which is not that of JavaScript's strings. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** All keys of both lists once, in byte order. */
export function mergedKeys(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort(compareBytes);
}
