/** What another program had put in a record's place; it has been written over. */
export interface ForeignContent {
  /** Of Redis: `string` (a text that is no record), `hash`, `list`, … */
  readonly type: string;
  /** Name of the Redis key. */
  readonly name: string;
}

/** Each is `<type> <name>`. */
export function parseForeign(rows: readonly string[]): readonly ForeignContent[] {
  return rows.map((row) => {
    const at = row.indexOf(' ');
    return { type: row.slice(0, at), name: row.slice(at + 1) };
  });
}
