/** One look at the oplog and at the capture position in it, epoch ms by MongoDB's clock. */
export interface OplogLook {
  /** Local clock. */
  readonly at: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Time of the capture position; null: there is none, or it cannot be read. */
  readonly positionMs: number | null;
}

export interface OplogForecast {
  /** How far back the oplog reaches. */
  readonly windowMs: number;
  /** How far the position lies behind the newest entry; null: no position. */
  readonly positionAgeMs: number | null;
  /** When the oplog's beginning will have caught up with the position at the present pace; null: not in sight. */
  readonly lostInMs: number | null;
  readonly danger: boolean;
}

/** A position that is not further behind than this is in no danger, however small the window. */
const HARMLESS_AGE_MS = 60_000;
/** A loss that is further away than this is not announced. */
const ANNOUNCED_MS = 60 * 60 * 1000;

/**
 * Whether the oplog will forget the position before capture has got there: when it is in the older half of the window,
 * or when the oplog's beginning runs towards it so fast that they meet within the hour.
 *
 * @param before an earlier look, to tell the pace from; null: none yet
 */
export function forecastOplog(now: OplogLook, before: OplogLook | null): OplogForecast {
  const windowMs = now.lastMs - now.firstMs;
  if (now.positionMs === null) return { windowMs, positionAgeMs: null, lostInMs: null, danger: false };
  const positionAgeMs = Math.max(0, now.lastMs - now.positionMs);
  const lostInMs = meetingIn(now, before);
  const behind = positionAgeMs > HARMLESS_AGE_MS;
  const danger = behind && (positionAgeMs > windowMs / 2 || (lostInMs !== null && lostInMs < ANNOUNCED_MS));
  return { windowMs, positionAgeMs, lostInMs, danger };
}

function meetingIn(now: OplogLook, before: OplogLook | null): number | null {
  const from = before?.positionMs ?? null;
  if (!before || from === null || now.positionMs === null) return null;
  const elapsed = now.at - before.at;
  const approach = now.firstMs - before.firstMs - (now.positionMs - from);
  if (elapsed <= 0 || approach <= 0) return null;
  const headroom = Math.max(0, now.positionMs - now.firstMs);
  return Math.round((headroom / approach) * elapsed);
}
