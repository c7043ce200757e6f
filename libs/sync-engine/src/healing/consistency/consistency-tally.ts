/** Within how long after a write both stores should have it, ms. */
export const HORIZONS_MS = [1_000, 10_000, 60_000] as const;

/** Share of writes, 0 to 1; null: none was looked at in this time. */
export interface ConsistencyFigure {
  readonly within1s: number | null;
  readonly within10s: number | null;
  readonly within60s: number | null;
  /** Writes that were looked at. */
  readonly samples: number;
  /** How far back this looks, minutes. */
  readonly minutes: number;
}

interface Minute {
  readonly minute: number;
  samples: number;
  readonly looked: number[];
  readonly reached: number[];
}

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;

/**
 * The share of writes that both stores had in time, over the last hour. A sample stands for as many writes as entered
 * the stream beside it (its weight), so that a write in a burst counts no less than one in a quiet moment.
 */
export class ConsistencyTally {
  private minutes: Minute[] = [];

  sampled(atMs: number): void {
    this.at(atMs).samples += 1;
  }

  /** Says of one sample whether it was in both stores within the horizon of that index. */
  decided(
    horizon: number,
    outcome: { readonly reached: boolean; readonly weight: number; readonly atMs: number },
  ): void {
    const minute = this.at(outcome.atMs);
    minute.looked[horizon] = (minute.looked[horizon] ?? 0) + outcome.weight;
    if (outcome.reached) minute.reached[horizon] = (minute.reached[horizon] ?? 0) + outcome.weight;
  }

  figure(nowMs: number): ConsistencyFigure {
    const recent = this.minutes.filter(({ minute }) => minute > Math.floor(nowMs / MINUTE_MS) - KEPT_MINUTES);
    const share = (horizon: number) => {
      const looked = sum(recent, ({ looked }) => looked[horizon] ?? 0);
      return looked === 0 ? null : sum(recent, ({ reached }) => reached[horizon] ?? 0) / looked;
    };
    return {
      within1s: share(0),
      within10s: share(1),
      within60s: share(2),
      samples: sum(recent, ({ samples }) => samples),
      minutes: KEPT_MINUTES,
    };
  }

  private at(nowMs: number): Minute {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const last = this.minutes.at(-1);
    if (last && last.minute >= minute) return last;
    const fresh: Minute = { minute, samples: 0, looked: [], reached: [] };
    this.minutes = [...this.minutes.slice(-KEPT_MINUTES), fresh];
    return fresh;
  }
}

function sum(minutes: readonly Minute[], value: (minute: Minute) => number): number {
  return minutes.reduce((total, minute) => total + value(minute), 0);
}
