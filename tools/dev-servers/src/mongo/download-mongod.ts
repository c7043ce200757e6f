import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REACHABLE_TIMEOUT_MS = 3_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;
const DOWNLOADER = fileURLToPath(new URL('./download-mongod.mjs', import.meta.url));

type Download =
  { readonly ok: true; readonly binary: string } | { readonly ok: false; readonly reason: string };

/** Whether the place that `mongod` comes from (or the mirror set for it) answers at all, found out in seconds. */
export async function isDownloadHostReachable(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const host = env.MONGOMS_DOWNLOAD_MIRROR ?? 'https://fastdl.mongodb.org';
  try {
    await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Downloads `mongod` into `folder`, or finds it there. In a process of its own, since it can't be aborted otherwise. */
export function downloadMongod(folder: string): Promise<Download> {
  mkdirSync(folder, { recursive: true });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [DOWNLOADER, folder], {
      timeout: DOWNLOAD_TIMEOUT_MS,
      windowsHide: true,
    });
    let [printed, complaints] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    child.once('error', (error) => resolve({ ok: false, reason: error.message }));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve({ ok: true, binary: printed.trim() });
      const reason = signal ? `not done after ${DOWNLOAD_TIMEOUT_MS / 1000} s` : complaints.trim();
      return resolve({ ok: false, reason: reason || `exit code ${code}` });
    });
  });
}
