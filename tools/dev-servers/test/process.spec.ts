import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/process/free-port.js';
import { describePortHolder, findPortHolder } from '../src/process/port-holder.js';
import { isPortTaken, preferredPort } from '../src/process/preferred-port.js';
import { createTempFolder } from '../src/process/temp-folder.js';
import { eventually, isAlive } from '@redis-mongo-sync/testing';

const GUARD = fileURLToPath(new URL('../src/process/guard.mjs', import.meta.url));

describe('ports', () => {
  const listening = async (use: (port: number) => Promise<void>) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    try {
      await use(typeof address === 'object' && address ? address.port : 0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  };

  it('names the process that holds a port', () =>
    listening(async (port) => {
      const holder = await findPortHolder(port);
      expect(holder?.pid).toBe(process.pid);
      expect(describePortHolder(port, holder)).toMatch(
        new RegExp(`^port ${port} is taken by .*node.* \\(pid ${process.pid}\\)$`),
      );
    }));

  it('knows a port is taken, and prefers another then', () =>
    listening(async (port) => {
      expect(await isPortTaken(port)).toBe(true);
      expect(await preferredPort(port)).not.toBe(port);
    }));

  it('knows of no process on a free port', async () => {
    const port = await freePort();
    expect(await findPortHolder(port)).toBeUndefined();
    expect(describePortHolder(port, undefined)).toBe(
      `port ${port} is taken by a process this user may not see`,
    );
  });
});

describe('the guard', () => {
  it('ends the processes and removes the folders of a parent that is gone', async () => {
    const folder = createTempFolder('guard');
    const data = join(folder.path, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'file'), '');
    const ward = spawn(process.execPath, [
      '-e',
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)',
    ]);
    const guard = spawn(process.execPath, [GUARD], { stdio: ['pipe', 'ignore', 'inherit'] });
    guard.stdin.write(`${JSON.stringify({ pids: [ward.pid], folders: [data] })}\n`);
    guard.stdin.end(); // what the death of the parent looks like to it
    const { pid = 0 } = ward;
    await eventually(() => expect(isAlive(pid)).toBe(false));
    await eventually(() => expect(existsSync(data)).toBe(false));
    await folder.remove();
  });
});
