/**
 * Outlives the process that started it, just long enough to clean up. It learns over stdin what to look after, one
 * JSON line `{"pids":[…],"folders":[…]}` at a time, each line replacing the last; when stdin ends – its parent stopped,
 * crashed or was SIGKILLed – it ends those processes and removes those folders.
 */
import fs from 'node:fs';
import readline from 'node:readline';

const GRACE_MS = 2_000;
let charge = { pids: [], folders: [] };

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

readline
  .createInterface({ input: process.stdin })
  .on('line', (line) => (charge = JSON.parse(line)))
  .on('close', () => void cleanUp());

async function cleanUp() {
  charge.pids.forEach((pid) => signalTo(pid, 'SIGTERM'));
  const deadline = Date.now() + GRACE_MS;
  while (charge.pids.some((pid) => signalTo(pid, 0)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  charge.pids.forEach((pid) => signalTo(pid, 'SIGKILL'));
  charge.folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
}

function signalTo(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
