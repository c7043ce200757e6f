import { USERS } from '@redis-mongo-sync/sync-core';
import type { Acknowledged } from '../load/told.js';

/** Why losing a write is within what the product says it may lose. */
export type NamedWindow = 'FLUSHALL' | 'failover';

/**
 * What Redis may lose by its nature: with FLUSHALL, what was not in Mongo yet (the in-flight hash, read in the same
 * transaction, says exactly what that is); with a failover, what the replica had not received.
 */
export class LossWindows {
  private readonly flushes: { readonly at: number; readonly inFlight: Readonly<Record<string, string>> }[] =
    [];
  private readonly failovers: { readonly from: number; readonly to: number }[] = [];

  /** Changes whenever Redis has forgotten something. */
  get epoch(): number {
    return this.flushes.length + this.failovers.length;
  }

  flushed(at: number, inFlight: Readonly<Record<string, string>>): void {
    this.flushes.push({ at, inFlight });
  }

  failedOver(window: { readonly from: number; readonly to: number }): void {
    this.failovers.push(window);
  }

  of({ source, operation, version, at }: Acknowledged): NamedWindow | null {
    if (source !== 'redis') return null;
    const field = `${USERS.name}:${operation.key}`;
    if (this.flushes.some(({ inFlight }) => flyingVersion(inFlight[field]) >= version)) return 'FLUSHALL';
    return this.failovers.some(({ from, to }) => at >= from && at <= to) ? 'failover' : null;
  }
}

/** The in-flight hash holds `<version> <what its writer knew of Mongo>`. */
function flyingVersion(text = '0'): number {
  return Number(text.split(' ', 1)[0]);
}
