import { execFileSync } from 'node:child_process';
import { findOnPath } from '../process/find-on-path.js';

/** PostgreSQL refuses to run as root. */
const SERVER_USER = 'postgres';

export interface RunAs {
  /** Puts a command line into the form that runs as this user. */
  readonly command: (command: string, args: readonly string[]) => { command: string; args: string[] };
  /** Who has to own the data folder; undefined when that is the user who runs this. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** As which user a server can be started here; undefined when it can't: as root without a user `postgres`. */
export function serverUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) {
    return { command: (command, args) => ({ command, args: [...args] }), owner: undefined };
  }
  const setpriv = findOnPath(['setpriv']);
  const owner = idsOf(SERVER_USER);
  if (!setpriv || !owner) return undefined;
  const identity = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'];
  return { command: (command, args) => ({ command: setpriv, args: [...identity, command, ...args] }), owner };
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  try {
    const ask = (what: string) => Number(execFileSync('id', [what, user], { stdio: 'pipe' }).toString());
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}
