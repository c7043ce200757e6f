/** `npm run stop`: stops every running start of this project, in order; ends those that take too long. */
import './lib/require-node.mjs';
import './lib/load-env.mjs';
import { isAlive, listRunning, requestStop } from './lib/running.mjs';
import { runMain, startStep } from './lib/step.mjs';

const TIMEOUT_MS = 30_000;

await runMain(async () => {
  const running = listRunning();
  if (running.length === 0) return void console.log('✓ nothing is running');
  for (const { pid } of running) {
    const step = startStep(`stopping ${pid}`);
    requestStop(pid);
    if (await hasEnded(pid)) step.done(`stopped ${pid}; data are kept`);
    else {
      process.kill(pid, 'SIGKILL'); // what it started ends with it
      step.fail(`${pid} did not stop within ${TIMEOUT_MS / 1000} s and was killed`);
    }
  }
});

async function hasEnded(pid) {
  const deadline = Date.now() + TIMEOUT_MS;
  while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  return !isAlive(pid);
}
