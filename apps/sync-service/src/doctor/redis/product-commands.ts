import type { EntityDefinition } from '@redis-mongo-sync/sync-core';

/** A command that the product sends, by itself or within a script. */
export interface ProductCommand {
  /** As ACL rules have it: `get`, `xgroup|create`. */
  readonly name: string;
  /** What stands behind it when it is tried; `KEY` is a key of the product. */
  readonly args: readonly string[];
}

const commands = (...lines: string[]): readonly ProductCommand[] =>
  lines
    .join(', ')
    .split(', ')
    .map((text) => {
      const [name = '', ...args] = text.split(' ');
      return { name, args };
    });

/** Without these the product does not work. A spec holds the list to the scripts. */
export const PRODUCT_COMMANDS = commands(
  'get KEY, set KEY 0, del KEY, exists KEY, mget KEY, mset KEY 0, type KEY, rename KEY KEY, pexpire KEY 1, scan 0',
  'hget KEY f, hset KEY f v, hsetnx KEY f v, hdel KEY f, hexists KEY f, hgetall KEY, hkeys KEY, hincrby KEY f 0',
  'hlen KEY, hmget KEY f, hrandfield KEY, hscan KEY 0',
  'sadd KEY m, scard KEY, sismember KEY m, smismember KEY m, smembers KEY',
  'zadd KEY 0 m, zcard KEY, zrange KEY 0 0, zrandmember KEY, zrem KEY m, zremrangebyscore KEY 0 0, zscore KEY m',
  'xadd KEY * f v, xlen KEY, xrange KEY - +, xrevrange KEY + -, xdel KEY 0-1, xtrim KEY MINID 0',
  'xread STREAMS KEY 0, xreadgroup GROUP g c STREAMS KEY >, xack KEY g 0-1, xpending KEY g, xclaim KEY g c 0 0-1',
  'xautoclaim KEY g c 0 0, xgroup|create KEY g $, xgroup|setid KEY g 0, xgroup|delconsumer KEY g c',
  'xinfo|stream KEY, xinfo|groups KEY, xinfo|consumers KEY g',
  'eval x 0, evalsha x 0, time, ping, client|id, client|setname doctor',
);

/** What is missing when a command may not be used that the product can do without. */
const WITHOUT: Readonly<Record<string, string>> = {
  info: 'nobody sees whether Redis evicts keys or keeps an append-only file',
  'function|load': 'clients in other languages have no FCALL sync_write',
  'client|unblock': 'a service takes a few seconds longer to stop',
};

export const WELCOME_COMMANDS = commands('info, function|load #, client|unblock 0').map((command) => ({
  ...command,
  without: WITHOUT[command.name] ?? '',
}));

/** Of the category `@dangerous`, which many operators give to nobody. */
const DANGEROUS: ReadonlySet<string> = new Set(['info', 'client|unblock']);

/** For the client library when it connects, and for the doctor's look. */
const CONNECTION = ['hello', 'select', 'multi', 'strlen'];

/** Key patterns of the sync for these entities, as ACL rules take them. */
export function keyPatterns(entities: readonly EntityDefinition[]): readonly string[] {
  const records = entities.flatMap(({ name, keyTemplate }) => {
    const pattern = keyTemplate.replace('{key}', '*');
    return [pattern, `tombstone:${pattern}`, `index:${name}`];
  });
  return [...records, 'mongo_changes*', 'redis_changes*', 'processed_events*', 'sync:*'];
}

/** What the event service uses beside that: its bookkeeping and its streams. Custom streams come on top. */
const EVENT_PATTERNS = ['events:*', 'user:events*', 'chat:messages*', 'task:queue*', 'system:logs*'];

/** The rules of a user who may do what the product does, and nothing else; nothing `@dangerous` is among it. */
export function aclRules(entities: readonly EntityDefinition[]): readonly string[] {
  const patterns = [...keyPatterns(entities), ...EVENT_PATTERNS].map((pattern) => `~${pattern}`);
  const names = [...PRODUCT_COMMANDS, ...WELCOME_COMMANDS].map(({ name }) => name);
  const allowed = [...names.filter((name) => !DANGEROUS.has(name)), ...CONNECTION].map((name) => `+${name}`);
  return ['resetkeys', ...patterns, '-@all', ...allowed];
}
