import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { connect, type ClientOverrides, type ConnectionProfile } from '../connections.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** A redis-server of its own for one test file: can be killed, frozen and started again on its port. */
export class PrivateRedis {
  private server: ChildProcess | undefined;
  private readonly clients = new Set<Redis>();

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly flags: readonly string[],
  ) {}

  /** `appendOnly`: acked writes outlive `kill()`. */
  static async start({ appendOnly = false } = {}): Promise<PrivateRedis> {
    const directory = await mkdtemp(join(tmpdir(), 'private-redis-'));
    const flags = ['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'always'];
    const redis = new PrivateRedis(await freePort(), directory, flags);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A client that `stop()` closes. */
  client(profile: ConnectionProfile = 'commands', overrides: ClientOverrides = {}): Redis {
    const client = connect({ url: this.url, profile, overrides });
    this.clients.add(client);
    return client;
  }

  async restart(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory, ...this.flags];
    this.server = spawn('redis-server', args, { stdio: 'ignore' });
    const probe = new Redis(this.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => 20 });
    probe.on('error', () => undefined);
    try {
      await eventually(() => probe.ping());
    } finally {
      probe.disconnect();
    }
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  /** Connections stay open, nothing answers. */
  freeze(): void {
    this.server?.kill('SIGSTOP');
  }

  thaw(): void {
    this.server?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    for (const client of this.clients) {
      client.disconnect();
      client.stream?.destroy();
    }
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}
