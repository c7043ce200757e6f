import { canInstallWithApt, installRedisWithApt } from './apt-install.js';
import { installAdvice } from './install-advice.js';
import { findRedisServer } from './redis-binary.js';

export type RedisServerBinary =
  | { readonly outcome: 'found' | 'installed'; readonly binary: string }
  | { readonly outcome: 'missing'; readonly advice: string };

interface EnsureRedisOptions {
  /** May `apt-get install` be run? */
  readonly mayInstall: boolean;
  /** Gets one line for a person before anything is installed. */
  readonly say: (line: string) => void;
}

/** Finds `redis-server` or `valkey-server` on the PATH; installs it on Debian or Ubuntu as root, saying so first. */
export async function ensureRedisServer(options: EnsureRedisOptions): Promise<RedisServerBinary> {
  const binary = findRedisServer();
  if (binary) return { outcome: 'found', binary };
  if (!options.mayInstall || !canInstallWithApt()) return { outcome: 'missing', advice: installAdvice() };
  options.say('· no redis-server on the PATH: apt-get install redis-server (refuse with --no-install) …');
  const installed = (await installRedisWithApt()) ? findRedisServer() : undefined;
  if (installed) return { outcome: 'installed', binary: installed };
  return { outcome: 'missing', advice: `apt-get could not install redis-server. ${installAdvice()}` };
}
