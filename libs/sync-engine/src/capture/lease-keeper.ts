import type { Clock } from '@redis-mongo-sync/redis-streams';

/** Says which of several sync-services captures. It expires by itself. */
export interface CaptureLease {
  /** Takes or renews it; false: another one holds it. */
  hold(): Promise<boolean>;
  release(): Promise<void>;
}

/** Another sync-service has taken over. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  override readonly message = 'another sync-service has taken over';
}

/** The lease is renewed this often, and given up when renewing fails. */
export const RENEW_EVERY_MS = 1_500;

/** Renews the lease while it is in use, no more often than needed. */
export class LeaseKeeper {
  private renewedAt = 0;

  constructor(
    private readonly lease: CaptureLease,
    private readonly clock: Clock,
  ) {}

  async hold(): Promise<boolean> {
    const held = await this.lease.hold();
    if (held) this.renewedAt = this.clock.now();
    return held;
  }

  /** @throws LeaseLostError */
  async keep(): Promise<void> {
    if (this.clock.now() - this.renewedAt < RENEW_EVERY_MS) return;
    if (!(await this.hold())) throw new LeaseLostError();
  }

  release(): Promise<void> {
    return this.lease.release().catch(() => undefined);
  }
}
