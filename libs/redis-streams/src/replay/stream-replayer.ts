import type { Redis } from 'ioredis';
import { decodeEvent } from '../envelope/event-codec.js';
import type { MessageEvent } from '../envelope/message-event.js';
import type { StreamCatalog } from '../envelope/stream-catalog.js';
import { defineScript } from '../lua-script.js';
import { replayedFor } from '../group-mark.js';
import { compareIds, idBefore, type StreamEntry } from '../stream-entry.js';

/** The beginning, a time, or the id of an entry (inclusive). */
export type ReplayPosition = 'beginning' | Date | (string & {});

export interface ReplayRange {
  readonly from: ReplayPosition;
  /** Last moment or entry (inclusive). Default: what is there when the replay begins. */
  readonly to?: Date | (string & {});
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface ReplayedEvent {
  readonly entryId: string;
  readonly partition: number;
  readonly event: MessageEvent;
}

export interface ReplaySummary {
  readonly replayed: number;
  /** Entries that hold no valid event. */
  readonly malformed: number;
}

export interface GroupReplay {
  readonly outcome: 'created' | 'moved';
  /** True when entries from before the stream's present beginning were asked for: they are trimmed. */
  readonly truncated: boolean;
}

const PAGE = 500;

const rewindScript = defineScript<readonly ['created' | 'moved', string]>({
  name: 'messaging.rewind-group',
  file: new URL('../lua/rewind-group.lua', import.meta.url),
  numberOfKeys: 3,
});

/** Goes back in a stream: for a callback that wants to see what happened, or for a group that is to do it again. */
export abstract class StreamReplayer {
  /** Calls `handler` for each event, in the order of the stream (over all partitions), one at a time. */
  abstract replay(
    stream: string,
    range: ReplayRange,
    handler: (replayed: ReplayedEvent) => Promise<unknown> | void,
  ): Promise<ReplaySummary>;

  /**
   * Lets a group begin (again) at a position. What it has handled comes again and is handled again; what is
   * pending stays so. Its subscriptions may run on.
   */
  abstract replayToGroup(stream: string, group: string, from: ReplayPosition): Promise<GroupReplay>;
}

export class RedisStreamReplayer extends StreamReplayer {
  constructor(
    private readonly commands: Redis,
    private readonly catalog: StreamCatalog,
  ) {
    super();
  }

  async replay(
    stream: string,
    range: ReplayRange,
    handler: (replayed: ReplayedEvent) => Promise<unknown> | void,
  ): Promise<ReplaySummary> {
    const layout = this.catalog.of(stream);
    const types = range.types ? new Set(range.types) : null;
    let [replayed, malformed] = [0, 0];
    for await (const { entry, partition } of this.merged(layout.streamKeys, range)) {
      if (range.signal?.aborted) break;
      const event = tryDecode(entry);
      if (!event) {
        malformed += 1;
        continue;
      }
      if (types && !types.has(event.type)) continue;
      await handler({ entryId: entry.id, partition, event });
      replayed += 1;
    }
    return { replayed, malformed };
  }

  async replayToGroup(stream: string, group: string, from: ReplayPosition): Promise<GroupReplay> {
    const layout = this.catalog.ofGroup(stream, group);
    const start = idBefore(idOf(from, 'first'));
    let outcome: GroupReplay['outcome'] = 'created';
    let truncated = false;
    for (const [partition, key] of layout.streamKeys.entries()) {
      const keys = [key, ...layout.doneKeys(partition, group)];
      const [made, first] = await rewindScript.run(this.commands, keys, [group, start]);
      if (made === 'moved') outcome = 'moved';
      if (from !== 'beginning' && first !== '' && compareIds(start, first) < 0) truncated = true;
    }
    return { outcome, truncated };
  }

  /** The entries of all partitions, by id. */
  private async *merged(keys: readonly string[], range: ReplayRange) {
    const sources = keys.map((key) => this.entries(key, range));
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (;;) {
      let least = -1;
      heads.forEach((head, index) => {
        const best = least < 0 ? undefined : heads[least];
        if (!head.done && (!best || best.done || compareIds(head.value.id, best.value.id) < 0)) least = index;
      });
      const [head, source] = [heads[least], sources[least]];
      if (!head || head.done || !source) return;
      yield { entry: head.value, partition: least };
      heads[least] = await source.next();
    }
  }

  private async *entries(key: string, range: ReplayRange): AsyncGenerator<StreamEntry, undefined> {
    const end = range.to === undefined ? await this.lastId(key) : idOf(range.to, 'last');
    if (end === undefined) return undefined;
    for (let start = idOf(range.from, 'first'); ;) {
      const rows = await this.commands.xrange(key, start, end, 'COUNT', PAGE);
      // What was replayed from a dead letter is the second entry of one event.
      for (const [id, fields] of rows) if (replayedFor({ id, fields }) === undefined) yield { id, fields };
      const last = rows.at(-1)?.[0];
      if (last === undefined || rows.length < PAGE) return undefined;
      start = `(${last}`;
    }
  }

  private async lastId(key: string): Promise<string | undefined> {
    return (await this.commands.xrevrange(key, '+', '-', 'COUNT', 1))[0]?.[0];
  }
}

/** @throws RangeError for what is neither a time nor an entry id. */
function idOf(position: ReplayPosition, end: 'first' | 'last'): string {
  if (position === 'beginning') return '0-0';
  if (position instanceof Date && !Number.isNaN(position.getTime()))
    return end === 'first' ? `${position.getTime()}-0` : `${position.getTime()}-18446744073709551615`;
  if (typeof position === 'string' && /^\d{1,20}-\d{1,20}$/.test(position)) return position;
  throw new RangeError("a position is 'beginning', a Date, or the id of an entry");
}

function tryDecode(entry: StreamEntry): MessageEvent | undefined {
  try {
    return decodeEvent(entry);
  } catch {
    return undefined;
  }
}
