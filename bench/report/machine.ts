import { cpus, totalmem } from 'node:os';
import type { KillableMongo } from '@redis-mongo-sync/dev-servers';
import type { Redis } from 'ioredis';

/** What the figures were taken on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
  readonly redis: string;
  readonly mongo: string;
}

export async function describeMachine(redis: Redis, { kind, why }: KillableMongo): Promise<Machine> {
  const version = /^redis_version:(.*?)\r?$/m.exec(await redis.info('server'))?.[1] ?? 'unknown';
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    redis: `${version}, append-only file on (everysec)`,
    mongo:
      kind === 'real'
        ? 'real mongod, a process of its own'
        : `the embedded stand-in, a process of its own (${why})`,
  };
}
