import { readdir, readFile } from 'node:fs/promises';
import { KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS } from '@redis-mongo-sync/sync-core';
import type { Services } from '../support/services.js';

/** Name of a figure → its value now. */
export type Figures = Readonly<Record<string, number>>;

const MEBIBYTE = 1_048_576;

/** What a soak watches: processes, their handles, and everything in Redis that must stay bounded. */
export async function readFigures(product: Services): Promise<Figures> {
  const services = [product.gateway, product.users, product.sync];
  const perService = await Promise.all(services.map(({ name, pid }) => processFigures(name, pid)));
  return Object.assign({}, ...perService, await heap(product), await redisFigures(product)) as Figures;
}

async function processFigures(name: string, pid: number): Promise<Figures> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const handles = await readdir(`/proc/${pid}/fd`);
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN);
  return { [`${name} rss MiB`]: kibibytes / 1024, [`${name} handles`]: handles.length };
}

/** The sync service shows its own heap to Prometheus. */
async function heap({ sync }: Services): Promise<Figures> {
  const text = await (await fetch(`${sync.url}/metrics`, { headers: { accept: 'text/plain' } })).text();
  const used = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN);
  return { 'sync-service heap MiB': used / MEBIBYTE };
}

async function redisFigures({ redis }: Services): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const direction of DIRECTIONS) {
    figures[`${KEYS.stream(direction)} entries`] = await redis.xlen(KEYS.stream(direction));
    figures[`${KEYS.inFlight(direction)} fields`] = await redis.hlen(KEYS.inFlight(direction));
    figures[`${KEYS.deadLetters(direction)} entries`] = await redis.xlen(KEYS.deadLetters(direction));
  }
  figures['processed_events members'] =
    (await redis.scard(KEYS.processed)) + (await redis.scard(KEYS.processedPrevious));
  figures['redis used MiB'] = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]) / MEBIBYTE;
  return figures;
}

/** What a figure may gain in an hour and still count as flat; `null`: bounded by its maximum instead. */
export function toleranceOf(name: string): number | null {
  if (name.endsWith('rss MiB')) return 20;
  if (name.endsWith('heap MiB')) return 10;
  if (name.endsWith('handles')) return 5;
  return null;
}

/** The most that a figure without a tolerance may ever be. `processed_events` holds two generations of 200,000. */
export function boundOf(name: string): number {
  if (name.endsWith(':dlq entries')) return 0;
  if (name.endsWith('fields')) return 5_000;
  if (name.endsWith('entries')) return 50_000;
  if (name.startsWith('processed_events')) return 400_000;
  return 512; // redis used MiB
}
