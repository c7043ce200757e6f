/** `npm run simulate [-- --runs N --seed S …]`: builds when that is due, then simulates (test/simulation/main.ts). */
import './lib/require-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject, PROJECT } from './lib/project.mjs';
import { runMain } from './lib/step.mjs';

const LOADER = new URL('../libs/redis-streams/src/testing/ts-loader.mjs', import.meta.url).href;

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const args = ['--import', LOADER, inProject('test/simulation/main.ts'), ...process.argv.slice(2)];
  const simulation = spawn(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
  // Ctrl-C reaches the simulation as well; it prints what it has so far and ends, and then this process does.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => simulation.kill(signal));
  const [code] = await once(simulation, 'exit');
  return code ?? 1;
});
