/** `npm run bench [-- --quick | --help | scenario …]`: builds when that is due, then measures (bench/main.ts). */
import './lib/require-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inProject, PROJECT } from './lib/project.mjs';
import { runMain } from './lib/step.mjs';

const LOADER = new URL('../tools/testing/ts-loader.mjs', import.meta.url).href;

await runMain(async () => {
  await ensureInstalled(process.stdout, { development: true });
  await ensureBuilt();
  const args = ['--import', LOADER, inProject('bench/main.ts'), ...process.argv.slice(2)];
  const bench = spawn(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
  // Ctrl-C reaches the bench as well; it cleans up and ends, and then this process does.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
  const [code] = await once(bench, 'exit');
  return code ?? 1;
});
