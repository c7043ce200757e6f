import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncReport } from '@redis-mongo-sync/sync-engine';
import { SERVICES, type ChaosWorld, type ServiceId } from '../world/chaos-world.js';
import { nothing, type Fault, type Heal } from './fault.js';

const HAND_OVER_LIMIT_MS = 20_000;

export const SERVICE_FAULTS: readonly Fault[] = [
  ...SERVICES.map((id): Fault => ({
    kind: `kill-${id}`,
    family: 'service',
    hold: [200, 3_000],
    strike: ({ world }) => end(world, id, 'SIGKILL'),
  })),
  ...SERVICES.map((id): Fault => ({
    kind: `freeze-${id}`,
    family: 'service',
    hold: [1_000, 7_000],
    strike: ({ world }) => {
      world.services[id].freeze();
      return Promise.resolve(() => {
        world.services[id].thaw();
        return Promise.resolve();
      });
    },
  })),
  {
    kind: 'term-service',
    family: 'service',
    hold: [0, 500],
    strike: ({ world, random }) => end(world, random.pick(SERVICES), 'SIGTERM'),
  },
  { kind: 'kill-capture', family: 'service', hold: [0, 0], strike: killCapture },
];

async function end(world: ChaosWorld, id: ServiceId, signal: 'SIGKILL' | 'SIGTERM'): Promise<Heal> {
  world.down.add(id);
  const code = await world.services[id].end(signal);
  if (signal === 'SIGTERM' && code !== 0) world.crashes.push(`${id} ended with ${code} on SIGTERM`);
  return async () => {
    await world.services[id].launch();
    world.down.delete(id);
  };
}

/** kill -9 of the one that captures, which stays down until the other one has taken over. */
async function killCapture({ world, handOvers }: Parameters<Fault['strike']>[0]): Promise<Heal> {
  const leader = await capturing(world, ['sync-a', 'sync-b']);
  if (!leader) return nothing; // no service captures at the moment
  const other = leader === 'sync-a' ? 'sync-b' : 'sync-a';
  const startedAt = performance.now();
  const heal = await end(world, leader, 'SIGKILL');
  while (performance.now() - startedAt < HAND_OVER_LIMIT_MS) {
    if (await capturing(world, [other])) break;
    await sleep(50);
  }
  handOvers.push(Math.round(performance.now() - startedAt));
  return heal;
}

async function capturing(
  world: ChaosWorld,
  ids: readonly ('sync-a' | 'sync-b')[],
): Promise<'sync-a' | 'sync-b' | undefined> {
  for (const id of ids) {
    const mode = await captureMode(world.services[id].url).catch(() => undefined);
    if (mode === 'streaming' || mode === 'snapshotting') return id;
  }
  return undefined;
}

async function captureMode(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1_000) });
  return ((await response.json()) as SyncReport).capture.mode;
}
