import { errorText } from '@redis-mongo-sync/redis-streams';
import { SyncAlert, type CapturePosition } from '@redis-mongo-sync/sync-core';
import { clusterTimeOfFeed, epochMsOf, type OplogWindow } from '@redis-mongo-sync/sync-adapters';
import { forecastOplog, type OplogForecast, type OplogLook } from './oplog-forecast.js';

interface OplogWatchOptions {
  readonly readWindow: () => Promise<OplogWindow>;
  readonly readPosition: () => Promise<CapturePosition | null>;
  readonly alert: (code: SyncAlert, message: string) => void;
  readonly everyMs?: number;
}

/** What is known of the oplog; `unknown` says why nothing is. */
export type OplogStatus = OplogForecast | { readonly unknown: string };

const EVERY_MS = 15_000;
/** The pace is told from a look this many looks ago. */
const LOOKS = 20;

/** Looks from time to time how far back the oplog reaches and where the capture position lies in it. */
export class OplogWatch {
  private timer: NodeJS.Timeout | undefined;
  private readonly looks: OplogLook[] = [];
  private told = false;
  private current: OplogStatus = { unknown: 'not looked at yet' };

  constructor(private readonly options: OplogWatchOptions) {}

  get status(): OplogStatus {
    return this.current;
  }

  start(): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), this.options.everyMs ?? EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks now. Never fails: what cannot be read is unknown. */
  async look(): Promise<OplogStatus> {
    try {
      const [window, position] = await Promise.all([this.options.readWindow(), this.options.readPosition()]);
      this.current = window.known
        ? this.forecast({ at: Date.now(), ...window, positionMs: timeOf(position) })
        : { unknown: window.reason };
    } catch (error) {
      this.current = { unknown: errorText(error) };
    }
    return this.current;
  }

  private forecast(look: OplogLook): OplogForecast {
    const forecast = forecastOplog(look, this.looks[0] ?? null);
    this.looks.push(look);
    if (this.looks.length > LOOKS) this.looks.shift();
    this.tell(forecast);
    return forecast;
  }

  private tell({ danger, positionAgeMs, windowMs, lostInMs }: OplogForecast): void {
    if (danger && !this.told) {
      const forecast = lostInMs === null ? '' : `; at this pace it is lost in ${minutes(lostInMs)}`;
      this.options.alert(
        SyncAlert.HistoryEnding,
        `the capture position is ${minutes(positionAgeMs ?? 0)} old, the oplog reaches back ${minutes(windowMs)}${forecast}`,
      );
    }
    this.told = danger;
  }
}

function timeOf(position: CapturePosition | null): number | null {
  if (!position) return null;
  const time = clusterTimeOfFeed(position.feed);
  return time === null ? null : epochMsOf(time);
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}
