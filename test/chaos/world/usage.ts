import { readFileSync } from 'node:fs';
import { SERVICES, type ChaosWorld, type ServiceId } from './chaos-world.js';

/** Resident memory of each service, MB; the highest seen is kept. */
export class Usage {
  readonly highest: Partial<Record<ServiceId, number>> = {};
  latest: Partial<Record<ServiceId, number>> = {};

  sample(world: ChaosWorld): void {
    for (const id of SERVICES) {
      const megabytes = residentMegabytes(world.services[id].pid);
      if (megabytes === undefined) continue;
      this.latest = { ...this.latest, [id]: megabytes };
      this.highest[id] = Math.max(this.highest[id] ?? 0, megabytes);
    }
  }
}

function residentMegabytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined; // no such process now, or no such file system here
  }
}
