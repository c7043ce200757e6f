import { decodeEvent } from '../envelope/event-codec.js';
import { MessagingError } from '../envelope/messaging-error.js';
import {
  StreamReplayer,
  type GroupReplay,
  type ReplayedEvent,
  type ReplayPosition,
  type ReplayRange,
  type ReplaySummary,
} from '../replay/stream-replayer.js';
import { replayedFor } from '../group-mark.js';
import type { InMemoryHost } from './in-memory-host.js';

export class InMemoryReplayer extends StreamReplayer {
  constructor(private readonly host: InMemoryHost) {
    super();
  }

  async replay(
    stream: string,
    range: ReplayRange,
    handler: (replayed: ReplayedEvent) => Promise<unknown> | void,
  ): Promise<ReplaySummary> {
    const all = this.host
      .stream(stream)
      .partitions.flatMap((entries, partition) => entries.map((entry) => ({ entry, partition })));
    const order = ({ entry }: (typeof all)[number]): number => Number(entry.id.split('-')[1]);
    let [replayed, malformed] = [0, 0];
    for (const { entry, partition } of all.sort((a, b) => order(a) - order(b))) {
      if (range.signal?.aborted) break;
      if (!within(entry.id, range) || replayedFor(entry) !== undefined) continue;
      try {
        const event = decodeEvent(entry);
        if (range.types && !range.types.includes(event.type)) continue;
        await handler({ entryId: entry.id, partition, event });
        replayed += 1;
      } catch (error) {
        if (!(error instanceof MessagingError) || error.code !== 'MALFORMED_EVENT') throw error;
        malformed += 1;
      }
    }
    return { replayed, malformed };
  }

  replayToGroup(stream: string, group: string, from: ReplayPosition): Promise<GroupReplay> {
    const source = this.host.stream(stream);
    const made = source.ensureGroup(group, 'beginning');
    source.moveGroup(group, from === 'beginning' ? from : justBefore(from));
    return Promise.resolve({ outcome: made ? 'created' : 'moved', truncated: false });
  }
}

function within(id: string, { from, to }: ReplayRange): boolean {
  return (from === 'beginning' || later(id, from) >= 0) && (to === undefined || later(id, to) <= 0);
}

/** Negative when `id` is before `position`; a time covers its whole millisecond. */
function later(id: string, position: Date | string): number {
  const [time = 0, sequence = 0] = id.split('-').map(Number);
  if (position instanceof Date) return time - position.getTime();
  const [otherTime = 0, otherSequence = 0] = position.split('-').map(Number);
  return time - otherTime || sequence - otherSequence;
}

function justBefore(position: Date | string): string {
  if (position instanceof Date) return `${position.getTime() - 1}-${Number.MAX_SAFE_INTEGER}`;
  const [time = 0, sequence = 0] = position.split('-').map(Number);
  return `${time}-${sequence - 1}`;
}
