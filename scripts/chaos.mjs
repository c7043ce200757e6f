/** `npm run chaos -- --minutes 5 --seed 1 [--help]`: builds when that is due, then breaks everything (test/chaos). */
import './lib/require-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject, PROJECT } from './lib/project.mjs';
import { runMain } from './lib/step.mjs';

const LOADER = new URL('../libs/redis-streams/src/testing/ts-loader.mjs', import.meta.url).href;

await runMain(async () => {
  // Standard output is the report's alone.
  await ensureInstalled(process.stderr);
  await ensureBuilt(process.stderr);
  const args = ['--import', LOADER, inProject('test/chaos/main.ts'), ...process.argv.slice(2)];
  const chaos = spawn(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
  // Ctrl-C on a terminal reaches the run as well, which ends the fault and reports; then this process ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => chaos.kill('SIGTERM'));
  const [code] = await once(chaos, 'exit');
  return code ?? 1;
});
