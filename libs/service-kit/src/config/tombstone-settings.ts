import { IsInt, Max, Min } from 'class-validator';
import { Setting } from './setting.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long deletes are remembered. Services that write records have these as a group. */
export class TombstoneSettings {
  @IsInt()
  @Min(1)
  @Max(3_650)
  @Setting({
    env: 'TOMBSTONE_TTL_DAYS',
    about:
      'How long deletes are remembered: longer than the longest outage after which a stale write may return.',
    unit: 'days',
  })
  ttlDays = 7;
}

export function tombstoneTtlMs({ ttlDays }: TombstoneSettings): number {
  return ttlDays * DAY_MS;
}
