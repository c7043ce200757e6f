import type { Redis } from 'ioredis';

/** CPU of both sides, ms per 1,000 events. */
export interface Cpu {
  readonly node: number;
  readonly redis: number;
}

interface CpuMark {
  readonly node: NodeJS.CpuUsage;
  readonly redisMs: number;
}

export async function markCpu(redis: Redis): Promise<CpuMark> {
  return { redisMs: await redisCpuMs(redis), node: process.cpuUsage() };
}

export async function cpuSince(mark: CpuMark, redis: Redis, events: number): Promise<Cpu> {
  const { user, system } = process.cpuUsage(mark.node);
  const redisMs = (await redisCpuMs(redis)) - mark.redisMs;
  return { node: (user + system) / events, redis: (redisMs * 1_000) / events };
}

/** As Redis counts it itself: finer than /proc, and on every system. Its children (AOF rewrites) included. */
async function redisCpuMs(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const names = ['used_cpu_user', 'used_cpu_sys', 'used_cpu_user_children', 'used_cpu_sys_children'];
  const seconds = names.map((name) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1] ?? 0));
  return seconds.reduce((sum, value) => sum + value, 0) * 1_000;
}
