import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { delegateControl } from '../process/delegate-control.js';
import { freePort } from '../process/free-port.js';
import { ServerProcess, type ServerControl } from '../process/server-process.js';
import { createTempFolder } from '../process/temp-folder.js';
import { waitUntil } from '../process/wait-until.js';
import { wantedServers } from '../testing/wanted-servers.js';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.js';
import { serverUser, type RunAs } from './postgres-user.js';
import { probePostgres, runStatement } from './probe-postgres.js';

/** A PostgreSQL for one test file, with a database of its own that is gone after `stop()`. */
export interface PrivatePostgres {
  /** Of that database. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The server, when it is this test's: to kill, freeze and restart. */
  readonly server: ServerControl | undefined;
  stop(): Promise<void>;
}

export interface PrivatePostgresOptions {
  /** Wait for the disk at each commit, as a server in service does: for measurements. Default false. */
  readonly fsync?: boolean;
}

const SERVICE = 'postgres://postgres@127.0.0.1:5432/postgres';
const RESTART_TIMEOUT_MS = 20_000;

/** Why `startPrivatePostgres()` can't give a server, in words for a person; undefined when it can. */
export async function postgresUnavailableReason(): Promise<string | undefined> {
  if (wantedServers() === 'none') return 'No servers wanted (RMS_TEST_SERVERS=none).';
  const given = process.env.AUDIT_TEST_POSTGRES_URL;
  if (given) return undefined; // what a person asked for has to work
  if (findPostgres() && serverUser()) return undefined;
  if (await probePostgres(SERVICE)) return undefined;
  return 'No PostgreSQL: no AUDIT_TEST_POSTGRES_URL, no postgres program to start, nobody answers on 5432.';
}

/**
 * Order: `AUDIT_TEST_POSTGRES_URL`, a server of the test's own from the programs on this machine, the one on port
 * 5432. Only a server of the test's own may be killed (`server`).
 */
export async function startPrivatePostgres(options: PrivatePostgresOptions = {}): Promise<PrivatePostgres> {
  const reason = await postgresUnavailableReason();
  if (reason) throw new Error(reason);
  const given = process.env.AUDIT_TEST_POSTGRES_URL;
  const binaries = findPostgres();
  const user = serverUser();
  if (given) return withDatabase(given, undefined);
  if (!binaries || !user) return withDatabase(SERVICE, undefined);
  const { url, server } = await startServer(binaries, user, options);
  return withDatabase(url, server);
}

async function withDatabase(admin: string, server: ServerControl | undefined): Promise<PrivatePostgres> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(admin);
  const { hostname, port } = url;
  url.pathname = `/${name}`;
  try {
    await runStatement(admin, `create database ${name}`);
  } catch (error) {
    await server?.stop();
    throw error;
  }
  const stop = () => (server ? server.stop() : runStatement(admin, `drop database ${name} with (force)`));
  return { url: url.href, host: hostname, port: Number(port || 5432), server, stop };
}

async function startServer(
  binaries: PostgresBinaries,
  user: RunAs,
  { fsync = false }: PrivatePostgresOptions,
): Promise<{ url: string; server: ServerControl }> {
  const folder = createTempFolder('postgres');
  const data = join(folder.path, 'data');
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  try {
    if (user.owner) await chown(folder.path, user.owner.uid, user.owner.gid);
    const init = user.command(binaries.initdb, [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '-N',
    ]);
    await promisify(execFile)(init.command, init.args, { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    // Without fsync, usually: what a killed server wrote is with the operating system, which lives on.
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${folder.path}`,
      `fsync=${fsync ? 'on' : 'off'}`,
    ];
    const server = await ServerProcess.start({
      ...user.command(binaries.postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]),
      ready: () => probePostgres(url, 500),
    });
    const control = delegateControl(server, folder.remove);
    return { url, server: Object.assign(control, { restart: () => restart(server) }) };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** The processes of a killed server live on for a moment, and a new one refuses to start beside them. */
async function restart(server: ServerProcess): Promise<void> {
  let complaint: unknown;
  const up = await waitUntil(
    async () => {
      try {
        await server.restart();
        return true;
      } catch (error) {
        complaint = error;
        return false;
      }
    },
    { timeoutMs: RESTART_TIMEOUT_MS, everyMs: 100 },
  );
  if (!up) throw complaint;
}
