import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CONFLICTS_COLLECTION, inFlightField, KEYS } from '@redis-mongo-sync/sync-adapters';
import { DIRECTIONS, USERS } from '@redis-mongo-sync/sync-core';
import { BSON } from 'mongodb';
import { UNPROMOTED } from '../../support/plain-values.js';
import type { Told } from '../load/told.js';
import type { ChaosWorld } from '../world/chaos-world.js';
import type { Seen } from '../world/recorder.js';
import type { Verdict } from './judge.js';

const MOST_KEYS = 50;

interface Moment {
  readonly at: number;
  readonly text: string;
}

/**
 * Everything known about the records that came to harm, in a file beside the logs: what clients sent and were told,
 * what passed through the streams and Mongo, and what stands in the stores. Returns its path; undefined when all is well.
 */
export async function traceHarmed(
  world: ChaosWorld,
  told: Told,
  { verdict, seenFile }: { readonly verdict: Verdict; readonly seenFile: string },
): Promise<string | undefined> {
  const keys = harmedKeys(verdict).slice(0, MOST_KEYS);
  if (keys.length === 0) return undefined;
  const seen = await readSeen(seenFile, new Set(keys));
  const parts: string[] = [];
  for (const key of keys) {
    const moments = [
      ...clientMoments(told, key),
      ...seen.filter((one) => one.key === null || one.key === key),
    ];
    const lines = moments.sort((a, b) => a.at - b.at).map(({ at, text }) => `${seconds(at)} ${text}`);
    parts.push([`== ${key}`, ...lines, ...(await standing(world, key))].join('\n'));
  }
  const file = join(world.logs.folder, 'trace.txt');
  await writeFile(file, `${parts.join('\n\n')}\n`);
  return file;
}

/** Every line of the verdict begins with its key. */
function harmedKeys({ lost, different, duplicated, resurrected, altered }: Verdict): string[] {
  const lines = [...lost, ...different, ...duplicated, ...resurrected, ...altered];
  return [...new Set(lines.map((line) => line.split(': ', 1)[0] ?? ''))];
}

function clientMoments(told: Told, key: string): Moment[] {
  const moments: Moment[] = [];
  for (const { name, via, kind, key: own } of told.operations.values()) {
    if (own !== key) continue;
    moments.push({ at: told.begun.get(name) ?? 0, text: `client sends ${name}: ${via} ${kind}` });
    const outcome = told.unknown.has(name) ? 'outcome unknown' : 'over';
    moments.push({ at: told.ended.get(name) ?? Number.POSITIVE_INFINITY, text: `${name}: ${outcome}` });
  }
  for (const { operation, version, source, at } of told.acknowledged.get(key) ?? [])
    moments.push({ at, text: `${operation.name}: acknowledged as ${version} ${source}` });
  return moments;
}

async function readSeen(
  file: string,
  keys: ReadonlySet<string>,
): Promise<(Moment & { key: string | null })[]> {
  const found: (Moment & { key: string | null })[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { at, where, key, what } = JSON.parse(line) as Seen;
    if (key === null || keys.has(key)) found.push({ at, key, text: `${where}: ${what}` });
  }
  return found;
}

async function standing(
  { redis, users, tombstones, client, mongo }: ChaosWorld,
  key: string,
): Promise<string[]> {
  const database = client.db(mongo.database);
  const tombstone = KEYS.tombstone(USERS, key);
  const conflicts = await database.collection(CONFLICTS_COLLECTION).find({ key }).sort({ at: 1 }).toArray();
  const lines = [
    `Mongo: ${BSON.EJSON.stringify(await users.find({ email: key }, UNPROMOTED).toArray(), { relaxed: false })}`,
    `Mongo tombstone: ${JSON.stringify(await tombstones.findOne({ '_id.key': key }))}`,
    `Redis: ${String(await redis.get(KEYS.record(USERS, key)))}`,
    `Redis tombstone: ${String(await redis.get(tombstone))}, TTL ${await redis.pttl(tombstone)} ms`,
    ...conflicts.map((conflict) => `conflict log: ${JSON.stringify(conflict)}`),
  ];
  for (const direction of DIRECTIONS) {
    const inFlight = await redis.hget(KEYS.inFlight(direction), inFlightField(USERS.name, key));
    lines.push(`in flight ${direction}: ${String(inFlight)}`);
    for (const [id, fields] of await redis.xrange(KEYS.deadLetters(direction), '-', '+'))
      if (fields.some((field) => field.includes(key)))
        lines.push(`dead letter ${direction} ${id}: ${fields.join(' ')}`);
  }
  return lines;
}

function seconds(at: number): string {
  return Number.isFinite(at) ? (at / 1000).toFixed(3).padStart(9) : '    never';
}
