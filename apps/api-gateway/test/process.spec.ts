import { describe, expect, it } from '@jest/globals';
import { freePort, waitUntil } from '@redis-mongo-sync/dev-servers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'undici';

const MAIN = 'dist/apps/api-gateway/main.js';
const NOWHERE = { REDIS_URL: 'redis://127.0.0.1:1', USER_SERVICE_URL: 'http://127.0.0.1:1' };

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...NOWHERE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.text += chunk.toString();
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, output, exited };
}

const ask = (port: number, path: string) => request(`http://127.0.0.1:${port}${path}`);
const statusOf = async (port: number, path: string) => {
  const { statusCode, body } = await ask(port, path);
  await body.dump();
  return statusCode;
};
const lives = (port: number) =>
  statusOf(port, '/health/live').then(
    (status) => status === 200,
    () => false,
  );

/** A gateway that listens. `stop` sends SIGTERM and resolves to the exit code. */
async function running(env: Record<string, string> = {}) {
  const port = await freePort();
  const { child, output, exited } = start({ ...env, PORT: String(port) });
  if (!(await waitUntil(() => lives(port), { timeoutMs: 20_000 }))) {
    child.kill('SIGKILL');
    throw new Error(`the gateway does not listen: ${output.text}`);
  }
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { port, stop };
}

describe('the gateway as a process', () => {
  it('does not start with a wrong configuration: one line per fault, exit code 78', async () => {
    const { output, exited } = start({ PORT: 'x', ADMIN_TOKEN: 'hunter2', USER_SERVICE_URL: 'nowhere' });
    expect(await exited).toBe(78);
    expect(output.text.trim().split('\n')).toEqual([
      'api-gateway: USER_SERVICE_URL must be a URL such as http://127.0.0.1:3001, but is "nowhere"',
      expect.stringMatching(/^api-gateway: PORT .*, but is "x"$/),
      expect.stringMatching(/^api-gateway: ADMIN_TOKEN must be longer than or equal to 16 characters$/),
    ]);
  });

  it('serves its pages', async () => {
    const { port, stop } = await running();
    try {
      const page = await ask(port, '/api-docs');
      expect(page.statusCode).toBe(200);
      expect(await page.body.text()).toContain('swagger-ui');
      const script = await ask(port, '/api-docs/swagger-ui-bundle.js');
      expect(script.statusCode).toBe(200);
      expect((await script.body.text()).length).toBeGreaterThan(500_000);
    } finally {
      expect(await stop()).toBe(0);
    }
  });

  it('says that it is stopping before it stops', async () => {
    const { port, stop } = await running({ SHUTDOWN_DELAY_MS: '1000' });
    const exited = stop();
    const stopping = async () => (await ask(port, '/health')).body.json();
    await waitUntil(async () => ((await stopping()) as { status: string }).status === 'shutting_down', {
      timeoutMs: 900,
    });
    expect(await stopping()).toMatchObject({ status: 'shutting_down' });
    expect(await exited).toBe(0);
  });

  it('cuts off a client that does not take its answer, and exits with 0 all the same', async () => {
    const { port, stop } = await running({ SHUTDOWN_DEADLINE_MS: '1000' });
    const agent = new Agent();
    const script = await request(`http://127.0.0.1:${port}/api-docs/swagger-ui-bundle.js`, {
      dispatcher: agent,
    });
    expect(script.statusCode).toBe(200); // and the client does not read it
    script.body.on('error', () => undefined);
    expect(await stop()).toBe(0);
    await agent.destroy();
  });

  it('says why it cannot start when its port is taken, exit code 1', async () => {
    const { port, stop } = await running();
    const second = start({ PORT: String(port) });
    expect(await second.exited).toBe(1);
    expect(second.output.text).toContain('EADDRINUSE');
    expect(await stop()).toBe(0);
  });
});
