import type { SyncReport, UnsyncablePageView } from '@redis-mongo-sync/sync-engine';
import { BSON } from 'mongodb';
import { ADMIN_TOKEN, type ChaosWorld } from './chaos-world.js';

const TIMEOUT_MS = 2_000;

/** Whether both sync-services say that all is well and one of them captures. */
export async function isHealthy(world: ChaosWorld): Promise<boolean> {
  const answers = await Promise.all(world.syncs.map(({ url }) => ask(`${url}/health`)));
  if (!answers.every((answer) => answer?.ok)) return false;
  return (await reports(world)).some(({ capture }) => capture.mode === 'streaming');
}

/** Why the sync is not at rest yet; undefined when it is: ledger balanced, nothing in flight. */
export async function unrest(world: ChaosWorld): Promise<string | undefined> {
  const all = await reports(world);
  const [report] = all;
  if (all.length < 2 || !report) return 'a sync-service does not answer';
  if (!all.some(({ capture }) => capture.mode === 'streaming')) return 'nobody captures';
  for (const [direction, page] of Object.entries(report.directions)) {
    const { balanced, inFlight, unread, pending } = page;
    if (!balanced || inFlight + unread + pending > 0)
      return `${direction}: in flight ${inFlight}, unread ${unread}, pending ${pending}, ${balanced ? '' : 'not '}balanced`;
  }
  return undefined;
}

export async function reports(world: ChaosWorld): Promise<SyncReport[]> {
  const answers = await Promise.all(world.syncs.map(({ url }) => ask(`${url}/metrics`)));
  const texts = answers.filter((answer) => answer?.ok).map((answer) => answer?.text ?? '');
  return texts.map((text) => JSON.parse(text) as SyncReport);
}

/** Entries that each sync-service has settled, by direction, since its process began. */
export async function settledBy(url: string): Promise<Record<string, number>> {
  const answer = await ask(`${url}/metrics`, { accept: 'text/plain' });
  const counts: Record<string, number> = {};
  for (const [, direction, count] of (answer?.text ?? '').matchAll(
    /^sync_lag_seconds_count\{direction="([^"]+)"\} (\d+)/gm,
  ))
    counts[direction ?? ''] = Number(count);
  return counts;
}

/** Ids of the documents that the sync lists as not synced; `null`: it does not answer. */
export async function listedUnsyncable({ syncs: [sync] }: ChaosWorld): Promise<ReadonlySet<string> | null> {
  const ids = new Set<string>();
  let after = '';
  for (;;) {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const url = `${sync?.url}/unsyncable?limit=500&after=${encodeURIComponent(after)}`;
    const answer = await ask(url, headers);
    if (!answer?.ok) return null;
    const { documents, next } = JSON.parse(answer.text) as UnsyncablePageView;
    for (const { id } of documents) ids.add(idText(id));
    if (next === null) return ids;
    after = next;
  }
}

/** The text in the form in which the judge writes ids. */
function idText(id: string): string {
  return BSON.EJSON.stringify(BSON.EJSON.parse(id, { relaxed: false }), { relaxed: false });
}

async function ask(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ ok: boolean; text: string } | undefined> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { ok: response.ok, text: await response.text() };
  } catch {
    return undefined;
  }
}
