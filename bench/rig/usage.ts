import { readFile } from 'node:fs/promises';
import type { Redis } from 'ioredis';

/** CPU seconds that each server has used so far; `null` where this machine does not tell. */
export interface CpuSeconds {
  readonly syncService: number | null;
  readonly mongo: number | null;
  readonly redis: number | null;
}

/** What the servers used during a measurement. CPU in percent of one core. */
export interface Load {
  readonly syncServiceCpu: number | null;
  readonly mongoCpu: number | null;
  readonly redisCpu: number | null;
  /** Peak resident memory of the sync-service since it started, MB. */
  readonly syncServicePeakMb: number | null;
}

export function loadBetween(
  before: CpuSeconds,
  after: CpuSeconds,
  seconds: number,
): Omit<Load, 'syncServicePeakMb'> {
  const percent = (from: number | null, to: number | null) =>
    from === null || to === null ? null : Math.round(((to - from) / seconds) * 100);
  return {
    syncServiceCpu: percent(before.syncService, after.syncService),
    mongoCpu: percent(before.mongo, after.mongo),
    redisCpu: percent(before.redis, after.redis),
  };
}

/** Redis knows by itself, on every system. Its children (AOF rewrites) are counted. */
export async function redisCpuSeconds(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const names = ['used_cpu_user', 'used_cpu_sys', 'used_cpu_user_children', 'used_cpu_sys_children'];
  return names.reduce((sum, name) => sum + Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1] ?? 0), 0);
}

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on

/** From /proc, so on Linux only. */
export async function processCpuSeconds(pid: number | undefined): Promise<number | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
