import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

export interface PortHolder {
  readonly pid: number;
  /** Its command line, as far as this process may see it. */
  readonly command: string;
}

const run = promisify(execFile);
const LISTEN = '0A'; // the state column of /proc/net/tcp

/** Which process listens on `port`; undefined when none does or it can't be seen (another user's, say). */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  try {
    switch (process.platform) {
      case 'linux':
        return fromProc(port);
      case 'win32':
        return await fromNetstat(port);
      default:
        return await fromLsof(port);
    }
  } catch {
    return undefined;
  }
}

/** In words, for a message: `port 3000 is taken by node server.js (pid 4711)`. */
export function describePortHolder(port: number, holder: PortHolder | undefined): string {
  const who = holder ? `${holder.command} (pid ${holder.pid})` : 'a process this user may not see';
  return `port ${port} is taken by ${who}`;
}

function fromProc(port: number): PortHolder | undefined {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, hexPort)),
  );
  const pid = processIds().find((candidate) => openSockets(candidate).some((inode) => inodes.has(inode)));
  if (pid === undefined) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  return { pid, command };
}

function listeningInodes(table: string, hexPort: string): string[] {
  const [, ...rows] = readFileSync(table, 'utf8').trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hexPort}`) && columns[3] === LISTEN)
    .flatMap((columns) => columns[9] ?? []);
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function openSockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketInode(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // ended meanwhile, or another user's
  }
}

function socketInode(link: string): string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.slice(1) ?? [];
  } catch {
    return [];
  }
}

async function fromLsof(port: number): Promise<PortHolder | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const command = /^c(.+)$/m.exec(stdout)?.[1];
  return pid && command ? { pid: Number(pid), command } : undefined;
}

async function fromNetstat(port: number): Promise<PortHolder | undefined> {
  const { stdout } = await run('netstat', ['-ano', '-p', 'TCP']);
  const pid = new RegExp(`:${port}\\s+\\S+\\s+LISTENING\\s+(\\d+)`).exec(stdout)?.[1];
  if (!pid) return undefined;
  const tasks = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  return { pid: Number(pid), command: /^"([^"]+)"/.exec(tasks.stdout)?.[1] ?? 'unknown' };
}
