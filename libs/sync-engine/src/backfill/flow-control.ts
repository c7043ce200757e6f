import { pause } from '@redis-mongo-sync/redis-streams';

interface FlowControlOptions {
  /** Records per second; 0: no limit. */
  readonly rate: number;
  /** Entries in the stream that this backfill fills. */
  readonly streamLength: () => Promise<number>;
  readonly signal: AbortSignal;
  /** Hears that the stream is full, with its length; null: there is room again. */
  readonly onWait: (length: number | null) => void;
}

/** Above this the backfill waits, so that live changes do not queue behind it for long. */
export const FULL_AT = 20_000;
const ROOM_AT = 10_000;
const POLL_MS = 100;

/** Holds a backfill back: to its rate, and to what the consumers can take. */
export class FlowControl {
  private readonly startedAt = Date.now();
  private records = 0;

  constructor(private readonly options: FlowControlOptions) {}

  /** Call it after every chunk. Returns early when the run is aborted. */
  async passed(records: number): Promise<void> {
    this.records += records;
    const { rate, streamLength, signal, onWait } = this.options;
    if (rate > 0) await this.pause(this.startedAt + (this.records / rate) * 1000 - Date.now());
    let length = await streamLength();
    if (length < FULL_AT) return;
    while (length > ROOM_AT && !signal.aborted) {
      onWait(length);
      await this.pause(POLL_MS);
      length = await streamLength();
    }
    onWait(null);
  }

  private async pause(ms: number): Promise<void> {
    if (ms > 0) await pause(ms, { signal: this.options.signal });
  }
}
