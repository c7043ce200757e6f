/** String comparison by the rules of a language. */
export interface Collation {
  /** The specification it was made from, with `locale` and `strength` filled in. */
  readonly spec: Readonly<Record<string, unknown>>;
  compare(a: string, b: string): number;
  /** Strings that compare equal have the same key. */
  key(text: string): string;
}

/** `undefined` for no collation or the `simple` one. Throws BadValue (2) for an unknown locale. */
export function parseCollation(_spec: unknown): Collation | undefined {
  throw new Error('pending');
}
