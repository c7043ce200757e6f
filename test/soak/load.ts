import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@redis-mongo-sync/testing';
import type { Services } from '../support/services.js';

export interface LoadOptions {
  readonly product: Services;
  readonly seed: number;
  /** Requests per second. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

export interface LoadCount {
  sent: number;
  failed: number;
}

/** Few enough that the number of records is at its height when the warm-up ends. */
const RECORDS = 2_000;
const SLICE_MS = 100;

/** Steady mixed reads and writes on both sides, until the signal. Counts into `count`. */
export async function steadyLoad(
  { product, seed, rate, signal }: LoadOptions,
  count: LoadCount,
): Promise<void> {
  const random = new Random(seed);
  const underWay = new Set<Promise<void>>();
  let due = 0;
  while (!signal.aborted) {
    for (due += (rate * SLICE_MS) / 1000; due >= 1; due -= 1) {
      // A product that falls behind gets no more than it can take: the load is steady, not a test of overload.
      if (underWay.size >= rate) break;
      const one: Promise<void> = request(product, random, count).finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await sleep(SLICE_MS, undefined, { signal }).catch(() => undefined);
  }
  await Promise.all(underWay);
}

async function request(product: Services, random: Random, count: LoadCount): Promise<void> {
  const side = random.below(2) === 0 ? 'mongo-first' : 'redis-first';
  const email = `s${random.below(RECORDS)}@soak.example.org`;
  const path = `/${side}/users/${encodeURIComponent(email)}`;
  const profile = { name: `n${random.below(1e6)}`, tags: ['soak', 'x'.repeat(random.below(200))] };
  const kind = random.below(10);
  count.sent += 1;
  try {
    const { status } =
      kind < 5
        ? await product.ask('PUT', path, profile)
        : kind < 7
          ? await product.ask('PATCH', path, { patched: random.below(1e6) })
          : kind < 8
            ? await product.ask('DELETE', path)
            : await product.ask('GET', path);
    if (status >= 500) count.failed += 1;
  } catch {
    count.failed += 1;
  }
}
