import { MessagingError } from './messaging-error.js';
import { assertGroupName, assertStreamName } from './names.js';

/**
 * How a stream keeps short. `acked`: what every group has acked goes, and while there is no group, all but the last
 * `maxLength` entries. `length`: `MAXLEN ~`, whoever has read.
 */
export type TrimPolicy = 'length' | 'acked' | 'none';

export interface StreamDefinition {
  /** Events of one key go to one partition, and keep their order. Fixed for the life of the stream. Default 1. */
  readonly partitions?: number;
  /** Default `acked`. */
  readonly trim?: TrimPolicy;
  /** Entries kept per partition with `trim: 'length'`, and with `acked` while no group is there. Default 10,000. */
  readonly maxLength?: number;
}

export interface CatalogOptions {
  readonly streams?: Readonly<Record<string, StreamDefinition>>;
  /** Wraps the stream's name in `{}` in every key, so that a cluster keeps all keys of a stream in one slot. */
  readonly hashTags?: boolean;
}

const MAX_PARTITIONS = 256;

/** One stream and the names of all its keys. `~` can't be in a stream's name, so nothing collides. */
export class StreamLayout {
  private readonly base: string;

  constructor(
    readonly name: string,
    readonly definition: Required<StreamDefinition>,
    hashTags: boolean,
  ) {
    this.base = hashTags ? `{${name}}` : name;
  }

  get partitions(): number {
    return this.definition.partitions;
  }

  /** The streams in Redis: `user:events`, or `user:events:p0` … with more than one partition. */
  get streamKeys(): readonly string[] {
    return Array.from({ length: this.partitions }, (_, partition) => this.streamKey(partition));
  }

  streamKey(partition: number): string {
    return this.partitions === 1 ? this.base : `${this.base}:p${partition}`;
  }

  get deadLetterKey(): string {
    return `${this.base}:dlq`;
  }

  get metaKey(): string {
    return `${this.base}:~meta`;
  }

  /** Two generations of the event ids accepted lately. */
  idKeys(partition: number): readonly [current: string, previous: string] {
    return generations(`${this.base}:~ids:${partition}`);
  }

  /** Two generations of the event ids that a group has handled lately. */
  doneKeys(partition: number, group: string): readonly [current: string, previous: string] {
    return generations(`${this.base}:~done:${partition}:${group}`);
  }

  /** Which event types the processes of a group handle. */
  typesKey(group: string): string {
    return `${this.base}:~types:${group}`;
  }

  leaseKeys(group: string): readonly [leases: string, members: string] {
    return [`${this.base}:~leases:${group}`, `${this.base}:~members:${group}`];
  }

  /** The partition of an event: by its key, or spread by its id when it has none. */
  partitionOf({ key, id }: { readonly key?: string; readonly id: string }): number {
    return this.partitions === 1 ? 0 : fnv1a(key ?? id) % this.partitions;
  }
}

/** The streams of an application. A stream nobody defined has the defaults. */
export class StreamCatalog {
  private readonly layouts = new Map<string, StreamLayout>();
  private readonly hashTags: boolean;

  constructor({ streams = {}, hashTags = false }: CatalogOptions = {}) {
    this.hashTags = hashTags;
    for (const [name, definition] of Object.entries(streams)) this.define(name, definition);
  }

  /** @throws MessagingError INVALID_NAME; STREAM_MISMATCH when it is defined otherwise already. */
  define(name: string, definition: StreamDefinition = {}): StreamLayout {
    assertStreamName(name);
    const { partitions = 1, trim = 'acked', maxLength = 10_000 } = definition;
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS)
      throw new RangeError(`partitions of ${name} must be a whole number from 1 to ${MAX_PARTITIONS}`);
    if (!Number.isSafeInteger(maxLength) || maxLength < 1)
      throw new RangeError(`maxLength of ${name} must be a whole number from 1`);
    const known = this.layouts.get(name);
    if (known && known.partitions !== partitions) {
      const message = `stream ${name} is defined with ${known.partitions} partitions and with ${partitions}`;
      throw new MessagingError('STREAM_MISMATCH', message);
    }
    const layout = new StreamLayout(name, { partitions, trim, maxLength }, this.hashTags);
    this.layouts.set(name, layout);
    return layout;
  }

  of(name: string): StreamLayout {
    return this.layouts.get(name) ?? this.define(name);
  }

  ofGroup(name: string, group: string): StreamLayout {
    assertGroupName(group);
    return this.of(name);
  }
}

function generations(key: string): readonly [string, string] {
  return [key, `${key}:old`];
}

/** FNV-1a over UTF-16 code units: fast, and the same in every process and version. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
