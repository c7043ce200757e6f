import { connect } from '@redis-mongo-sync/redis-streams';
import { EVENT_FIELD } from '@redis-mongo-sync/sync-core';
import { answerWith } from '../rig/worker.js';

export interface NaiveTask {
  readonly redisUrl: string;
  readonly stream: string;
  readonly entries: number;
}

export interface NaiveAnswer {
  readonly seconds: number;
}

/** Writes unless what is there is newer: the least that Last-Write-Wins needs. */
const WRITE_IF_NEWER = `
local stored = redis.call('HGET', KEYS[1], 'version')
if stored and tonumber(stored) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'event', ARGV[2])
return 1
`;

/** The consumer that comes to mind first: read one, apply one, acknowledge one. */
await answerWith<NaiveTask, NaiveAnswer>(async ({ redisUrl, stream, entries }) => {
  const redis = connect({ url: redisUrl, profile: 'commands' });
  redis.defineCommand('writeIfNewer', { numberOfKeys: 1, lua: WRITE_IF_NEWER });
  const scripts = redis as unknown as {
    writeIfNewer(key: string, version: string, event: string): Promise<number>;
  };
  await redis.xgroup('CREATE', stream, 'naive', '0');
  const startedAt = performance.now();
  for (let done = 0; done < entries; done += 1) {
    const reply = (await redis.xreadgroup(
      ...(['GROUP', 'naive', 'one', 'COUNT', 1, 'STREAMS', stream, '>'] as const),
    )) as [string, [string, string[]][]][];
    const entry = reply[0]?.[1][0];
    if (!entry) break;
    const [id, fields] = entry;
    const text = fields[fields.indexOf(EVENT_FIELD) + 1] ?? '';
    const { key, version } = JSON.parse(text) as { key: string; version: number };
    await scripts.writeIfNewer(`bench:naive:${key}`, String(version), text);
    await redis.xack(stream, 'naive', id);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  redis.disconnect();
  return { seconds };
});
