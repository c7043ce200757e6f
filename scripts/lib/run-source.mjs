import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inProject, PROJECT } from './project.mjs';
import { runMain } from './step.mjs';

const LOADER = new URL('../../libs/redis-streams/src/testing/ts-loader.mjs', import.meta.url).href;

/** Builds when that is due, then runs a TypeScript program that is no part of `dist`, with this process's arguments. */
export function runSource(program) {
  return runMain(async () => {
    await ensureInstalled();
    await ensureBuilt();
    const args = ['--import', LOADER, inProject(program), ...process.argv.slice(2)];
    const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
    // Ctrl-C reaches the program as well; it cleans up and ends, and then this process does.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    const [code] = await once(child, 'exit');
    return code ?? 1;
  });
}
