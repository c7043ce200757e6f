import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerUrls } from './services.js';

/** Longer nobody waits for it. */
const TIMEOUT_MS = 10_000;

interface FirstLook {
  readonly root: string;
  readonly urls: ServerUrls;
  readonly say: (line: string) => void;
}

/**
 * Before the services touch a collection that other programs filled: what the doctor has to say of it, in short. Nothing
 * once the product is at work there. It changes nothing, and whatever goes wrong with it does not hinder the start.
 */
export async function firstLook({ root, urls, say }: FirstLook): Promise<void> {
  const program = join(root, 'dist/apps/sync-service/src/doctor/main.js');
  if (!existsSync(program)) return;
  const env = { ...process.env, REDIS_URL: urls.redisUrl, MONGODB_URI: urls.mongoUri };
  const report = await new Promise<string>((resolve) => {
    const options = { env, timeout: TIMEOUT_MS, windowsHide: true };
    execFile(process.execPath, [program, '--first-start'], options, (_error, output) => resolve(output));
  });
  if (report.trim()) say(`\n${report.trimEnd()}\n`);
}
