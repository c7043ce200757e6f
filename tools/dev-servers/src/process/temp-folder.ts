import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from './guard.js';

export interface TempFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** A new folder below the system's temporary one, removed by `remove()` or, at the latest, when this process ends. */
export function createTempFolder(label: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `rms-${label}-`));
  guard.watchFolder(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
      guard.forgetFolder(path);
    },
  };
}
