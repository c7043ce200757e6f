import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureInstalled } from '../install.mjs';
import { inProject, PROJECT } from '../project.mjs';

/** Mutates the protocol's rules and runs their unit specs on every mutant (stryker.config.mjs). */
export async function run() {
  await ensureInstalled(process.stdout, { development: true });
  const stryker = inProject('node_modules/@stryker-mutator/core/bin/stryker.js');
  const args = [stryker, 'run', 'stryker.config.mjs', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
