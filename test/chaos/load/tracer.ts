import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import type { ChaosWorld } from '../world/chaos-world.js';

const EVERY_MS = 200;
const LOOK_EVERY_MS = 25;
const WRITE_TIMEOUT_MS = 3_000;
/** A probe that is not seen by then was lost with a wiped Redis; whether it should be there is judged at the end. */
const FORGET_MS = 60_000;

export type TracedSide = 'mongo-first' | 'redis-first';

/**
 * Writes a probe five times a second on one side, and looks in the other store until it is there. Clocks play no part:
 * lag is measured from the answer to the sight of it.
 */
export class Tracer {
  private readonly waiting = new Map<string, { readonly begun: number; readonly answered: number }>();
  private running: Promise<unknown> = Promise.resolve();
  private stopped = false;
  private n = 0;
  /** ms, of every probe that arrived. */
  readonly lags: number[] = [];
  worstLagMs = 0;
  /** When the newest probe that has arrived was begun; ms of `performance.now()`. */
  private newestSeen = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly world: ChaosWorld,
    private readonly side: TracedSide,
  ) {}

  /** Age of the oldest probe that was answered and has not arrived, ms. */
  get lagMs(): number {
    const [oldest] = this.waiting.values();
    return oldest ? Math.round(performance.now() - oldest.answered) : 0;
  }

  /** Whether a write that was begun after this moment has arrived. */
  hasArrivedSince(moment: number): boolean {
    return this.newestSeen >= moment;
  }

  start(): void {
    this.running = Promise.all([this.write(), this.look()]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async write(): Promise<void> {
    while (!this.stopped) {
      void this.probe();
      await sleep(EVERY_MS);
    }
  }

  private async probe(): Promise<void> {
    const email = `probe-${this.side}-${this.n++}@chaos.example`;
    const begun = performance.now();
    const response = await fetch(`${this.world.gatewayUrl}/${this.side}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, name: 'probe' }),
      signal: AbortSignal.timeout(WRITE_TIMEOUT_MS),
    }).catch(() => undefined);
    await response?.text().catch(() => undefined);
    if (response?.ok) this.waiting.set(email, { begun, answered: performance.now() });
  }

  private async look(): Promise<void> {
    while (!this.stopped) {
      const emails = [...this.waiting.keys()];
      const seen = emails.length === 0 ? [] : await this.arrived(emails).catch(() => []);
      for (const email of seen) this.see(email);
      for (const [email, { begun }] of this.waiting) {
        if (performance.now() - begun > FORGET_MS) this.waiting.delete(email);
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  private see(email: string): void {
    const probe = this.waiting.get(email);
    if (!probe) return;
    this.waiting.delete(email);
    const lag = Math.round(performance.now() - probe.answered);
    this.lags.push(lag);
    this.worstLagMs = Math.max(this.worstLagMs, lag);
    this.newestSeen = Math.max(this.newestSeen, probe.begun);
  }

  private async arrived(emails: readonly string[]): Promise<readonly string[]> {
    if (this.side === 'mongo-first') {
      const texts = await this.world.redis.mget(emails.map((email) => KEYS.record(USERS, email)));
      return emails.filter((_, index) => texts[index] !== null);
    }
    const filter = { email: { $in: [...emails] } };
    const found = await this.world.users.find(filter, { projection: { email: 1 } }).toArray();
    return found.map(({ email }) => String(email));
  }
}
