import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from './chart.js';
import type { Figure } from './figure.js';
import type { Machine } from './machine.js';
import type { Target } from './targets.js';

export interface Results {
  /** ISO time at which the run ended. */
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  readonly targets: readonly Target[];
}

/** Writes `latest.json` and `latest.svg` into `folder`. */
export async function writeResults(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'latest.json'), `${JSON.stringify(results, rounded, 2)}\n`);
  await writeFile(join(folder, 'latest.svg'), chartOf(results));
}

/** More digits than these say nothing. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}
