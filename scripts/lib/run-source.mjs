import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inProject, PROJECT } from './project.mjs';
import { runMain } from './step.mjs';

const LOADER = new URL('../../tools/testing/ts-loader.mjs', import.meta.url).href;

/**
 * Builds when that is due, then runs a TypeScript program that is no part of `dist`, with this process's arguments.
 * Standard output is the program's alone, so that a report can be parsed.
 */
export function runSource(program) {
  return runMain(async () => {
    await ensureInstalled(process.stderr, { development: true });
    await ensureBuilt(process.stderr);
    const args = ['--import', LOADER, inProject(program), ...process.argv.slice(2)];
    const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' });
    // Ctrl-C on a terminal reaches the program by itself, and a second one would end it at once. It cleans up and
    // ends, and then this process does.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    const [code] = await once(child, 'exit');
    return code ?? 1;
  });
}
