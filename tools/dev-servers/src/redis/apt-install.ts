import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findOnPath } from '../process/find-on-path.js';

const TIMEOUT_MS = 180_000;
const INSTALL = ['install', '--yes', '--no-install-recommends', 'redis-server'];

/** True on Debian and its kin (Ubuntu, …) when this process may install packages. */
export function canInstallWithApt(): boolean {
  return (
    existsSync('/etc/debian_version') && process.getuid?.() === 0 && findOnPath(['apt-get']) !== undefined
  );
}

/** Installs Debian's `redis-server`, refreshing the package lists only if it must. Resolves to false on failure. */
export async function installRedisWithApt(): Promise<boolean> {
  return (await aptGet(INSTALL)) || ((await aptGet(['update'])) && (await aptGet(INSTALL)));
}

function aptGet(args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('apt-get', ['--quiet', ...args], {
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
