import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath } from '../process/find-on-path.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** Debian keeps the server's programs off the PATH, one folder per version. */
const DEBIAN = '/usr/lib/postgresql';

/** The server and the program that makes its data folder, from the PATH or the newest version Debian has installed. */
export function findPostgres(env: NodeJS.ProcessEnv = process.env): PostgresBinaries | undefined {
  const onPath = findOnPath(['postgres'], env);
  const folders = [...(onPath ? [dirname(onPath)] : []), ...debianFolders()];
  return folders
    .map((folder) => ({ postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') }))
    .find(({ postgres, initdb }) => existsSync(postgres) && existsSync(initdb));
}

function debianFolders(): string[] {
  if (!existsSync(DEBIAN)) return [];
  const versions = readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(DEBIAN, version, 'bin'));
}
