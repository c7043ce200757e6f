import type { Redis } from 'ioredis';
import { defineScript } from './lua-script.js';
import { addedAt } from './stream-entry.js';

export interface GroupInfo {
  readonly name: string;
  readonly consumers: number;
  /** Delivered, not acked. */
  readonly pending: number;
  /** Not delivered yet; null when Redis can't tell (entries were deleted in between, or Redis < 7). */
  readonly lag: number | null;
  readonly lastDeliveredId: string;
  readonly oldestPendingId: string | null;
  /** How long ago the oldest pending entry came into the stream, ms by Redis' own clock. */
  readonly oldestPendingAgeMs: number | null;
}

export interface StreamInfo {
  /** 0 as well when the stream doesn't exist; then there are no groups. */
  readonly length: number;
  readonly firstId: string | null;
  readonly lastId: string | null;
  readonly groups: readonly GroupInfo[];
}

type GroupReply = [string, number, number, number, string, string];
type InfoReply = [now: string, length: number, first: string, last: string, groups: GroupReply[]];

const infoScript = defineScript<StreamInfo>({
  name: 'streams.info',
  file: new URL('./lua/stream-info.lua', import.meta.url),
  numberOfKeys: 1,
  decode: (raw) => {
    const [now, length, first, last, groups] = raw as InfoReply;
    return {
      length,
      firstId: first || null,
      lastId: last || null,
      groups: groups.map((group) => toGroupInfo(group, Number(now))),
    };
  },
});

/** Length, groups, backlog and ages of a stream, for health checks and metrics. One round trip. */
export function streamInfo(client: Redis, stream: string): Promise<StreamInfo> {
  return infoScript.run(client, [stream], []);
}

function toGroupInfo(reply: GroupReply, now: number): GroupInfo {
  const [name, consumers, pending, lag, lastDeliveredId, oldest] = reply;
  return {
    name,
    consumers,
    pending,
    lag: lag < 0 ? null : lag,
    lastDeliveredId,
    oldestPendingId: oldest || null,
    oldestPendingAgeMs: oldest ? Math.max(0, now - addedAt(oldest)) : null,
  };
}
