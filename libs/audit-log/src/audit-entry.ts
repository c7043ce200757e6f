/** Any value that JSON has. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** Something that happened, as it is handed in. Texts are printable; lengths are in characters. */
export interface AuditEntry {
  /** 1–128 characters; names the event within its stream. The same pair again is a duplicate, whatever else it says. */
  readonly eventId: string;
  /** 1–128 characters, e.g. `chat:messages`. */
  readonly stream: string;
  /** 1–128 characters, e.g. `message.sent`. */
  readonly type: string;
  /** The kind of thing it is about, e.g. `user`; 1–128 characters. */
  readonly entity?: string;
  /** Which one; 1–256 characters. */
  readonly entityId?: string;
  /** By the producer's clock: epoch milliseconds or ISO 8601, from 1970 to 9999. */
  readonly occurredAt: number | string;
  /** Id of the Redis stream entry, `milliseconds-sequence`. */
  readonly streamEntryId: string;
  /** 1–128 characters. */
  readonly correlationId?: string;
  /** At most 64 KiB as JSON in UTF-8, after redaction. */
  readonly data: JsonObject;
}

/** An entry as the log has it. */
export interface RecordedEntry extends Omit<AuditEntry, 'occurredAt' | 'data'> {
  /** 1, 2, 3 … in the order of recording. A jump means that retention has removed what was between. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  /** Epoch milliseconds by the log's clock; never lower than that of the entry before. */
  readonly recordedAt: number;
  readonly data: JsonObject;
  /** Covers this entry and the hash of the one before; see `hash-chain.ts`. */
  readonly hash: string;
}

/** What became of an entry. `duplicate` names the entry that was recorded before, by this call or another. */
export type AppendOutcome =
  | { readonly outcome: 'recorded'; readonly sequence: number }
  | { readonly outcome: 'duplicate'; readonly sequence: number };
