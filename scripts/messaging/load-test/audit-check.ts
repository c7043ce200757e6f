import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { UsageError } from '../usage-error.js';

export interface AuditCheck {
  /** Acknowledged, and not in the audit log. */
  readonly lost: readonly string[];
  /** In the audit log more than once. */
  readonly doubled: readonly string[];
  /** ms from the end of the sending until the last event was there; undefined when some never came. */
  readonly caughtUpMs?: number;
}

export interface AuditCheckOptions {
  readonly url: string;
  /** Events that happened before this are none of ours, epoch ms. */
  readonly since: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (found: number) => void;
}

const PAUSE_MS = 250;

/** Compares what the gateway acknowledged with the audit log, read through the API until all is there. */
export async function checkAudit(
  acknowledged: readonly string[],
  options: AuditCheckOptions,
): Promise<AuditCheck> {
  const started = performance.now();
  const wanted = new Set(acknowledged);
  for (;;) {
    const found = await countsOf(wanted, options).catch((error: unknown) => {
      if (performance.now() - started > options.waitMs || options.signal.aborted) throw error;
      return new Map<string, number>(); // the gateway may just be restarting
    });
    options.onProgress(found.size);
    const lost = acknowledged.filter((id) => !found.has(id));
    const waited = performance.now() - started;
    if (lost.length > 0 && waited < options.waitMs && !options.signal.aborted) {
      await delay(PAUSE_MS, undefined, { signal: options.signal }).catch(() => undefined);
      continue;
    }
    const doubled = [...found].filter(([, times]) => times > 1).map(([id]) => id);
    return { lost, doubled, ...(lost.length === 0 ? { caughtUpMs: waited } : {}) };
  }
}

/** How often each of these events is in the log. Read anew each time: an entry may have come twice meanwhile. */
async function countsOf(
  wanted: ReadonlySet<string>,
  { url, since }: AuditCheckOptions,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const place: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await request(`${url}/api/events/processed?limit=500&order=asc&from=${since}${place}`);
    if (answer.statusCode !== 200)
      throw new UsageError(`the audit log answers ${answer.statusCode}: ${await answer.body.text()}`);
    const page = (await answer.body.json()) as { events: { eventId: string }[]; nextCursor: string | null };
    for (const { eventId } of page.events) {
      if (wanted.has(eventId)) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
    }
    cursor = page.nextCursor;
  }
  return counts;
}
