import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Plan } from './plan.js';

/** What became of the sending. */
export interface Sent {
  /** Ids of events that the gateway has acknowledged. */
  readonly acknowledged: string[];
  /** ms each. */
  readonly latencies: number[];
  /** Refusals and failures by what they say, e.g. `429 too-many-requests`. */
  readonly errors: Map<string, number>;
  /** ms */
  took: number;
}

interface Draft {
  readonly path: string;
  readonly body: object;
}

const KINDS: readonly ((n: number) => Draft)[] = [
  (n) => ({
    path: 'chat',
    body: { senderId: `user-${n % 50}`, roomId: `room-${n % 10}`, content: `message ${n}` },
  }),
  (n) => ({ path: 'tasks', body: { title: `task ${n}`, priority: 'low', createdBy: 'load-test' } }),
  (n) => ({
    path: 'logs',
    body: { level: n % 8 ? 'info' : 'error', message: `line ${n}`, service: 'load-test' },
  }),
  (n) => ({ path: 'custom', body: { stream: 'load:events', type: 'load.event', data: { n } } }),
];

/** Sends the events of the plan. An answer that does not come counts as an error; nothing is sent again. */
export async function sendEvents(
  plan: Plan,
  signal: AbortSignal,
  onProgress: (sent: Sent, done: number) => void,
): Promise<Sent> {
  setMaxListeners(0, signal); // every lane listens to it while it waits
  const dispatcher = new Agent({ connections: plan.concurrency, pipelining: 1 });
  const sent: Sent = { acknowledged: [], latencies: [], errors: new Map(), took: 0 };
  const started = performance.now();
  let next = 0;
  let done = 0;
  const lane = async () => {
    while (next < plan.events && !signal.aborted) {
      const n = next++;
      if (plan.rate !== undefined) await until(started + (n * 1_000) / plan.rate, signal);
      await sendOne(plan, n, { dispatcher, sent });
      onProgress(sent, ++done);
      if (plan.delayMs > 0) await delay(plan.delayMs, undefined, { signal }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, lane));
  sent.took = performance.now() - started;
  await dispatcher.close();
  return sent;
}

interface Sending {
  readonly dispatcher: Agent;
  readonly sent: Sent;
}

async function sendOne({ url }: Plan, n: number, { dispatcher, sent }: Sending): Promise<void> {
  const { path, body } = (KINDS[n % KINDS.length] ?? KINDS[0])?.(n) ?? { path: 'chat', body: {} };
  const started = performance.now();
  try {
    const answer = await request(`${url}/api/events/${path}`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const json = (await answer.body.json()) as { eventId?: string; code?: string };
    if (answer.statusCode < 300 && json.eventId !== undefined) {
      sent.acknowledged.push(json.eventId);
      sent.latencies.push(performance.now() - started);
    } else count(sent.errors, `${answer.statusCode} ${json.code ?? ''}`.trim());
  } catch (error) {
    count(sent.errors, `no answer: ${codeOf(error)}`);
  }
}

async function until(moment: number, signal: AbortSignal): Promise<void> {
  const ms = moment - performance.now();
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
