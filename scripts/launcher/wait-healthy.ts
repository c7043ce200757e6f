import { waitUntil } from '@redis-mongo-sync/dev-servers';

const REQUEST_TIMEOUT_MS = 2_000;

export interface HealthTarget {
  readonly url: string;
  readonly timeoutMs: number;
  /** True when waiting has become pointless. */
  readonly giveUp: () => boolean;
}

/** Polls a health address until it answers 200. False when it did not in time. */
export function waitHealthy({ url, timeoutMs, giveUp }: HealthTarget): Promise<boolean> {
  return waitUntil(() => isHealthy(url), { timeoutMs, everyMs: 150, giveUp });
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
