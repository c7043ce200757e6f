import { waitUntil } from '../src/process/wait-until.js';

/** Polls until `check` no longer throws; at the end of the time its last complaint is the test's. */
export async function eventually(check: () => void | Promise<void>, timeoutMs = 10_000): Promise<void> {
  let complaint: unknown;
  const ok = await waitUntil(
    async () => {
      try {
        await check();
        return true;
      } catch (error) {
        complaint = error;
        return false;
      }
    },
    { timeoutMs },
  );
  if (!ok) throw complaint;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
