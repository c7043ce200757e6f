import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, guard, waitUntil } from '@redis-mongo-sync/dev-servers';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const LAST_LINES = 15;

export interface ServiceProcessOptions {
  readonly name: 'api-gateway' | 'user-service' | 'sync-service';
  readonly env: NodeJS.ProcessEnv;
  readonly nodeOptions?: readonly string[];
}

/** One of the product's services, built, as a process of its own on a free port. */
export class ServiceProcess {
  private output: string[] = [];

  private constructor(
    private readonly name: string,
    readonly child: ChildProcess,
    readonly url: string,
  ) {
    if (child.pid) guard.watchProcess(child.pid);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.remember(chunk.toString('utf8')));
    }
  }

  static async start({ name, env, nodeOptions = [] }: ServiceProcessOptions): Promise<ServiceProcess> {
    const main = fileURLToPath(new URL(`../../dist/apps/${name}/main.js`, import.meta.url));
    if (!existsSync(main)) throw new Error(`the ${name} has not been built: npm run build`);
    const port = await freePort();
    const child = spawn(process.execPath, [...nodeOptions, main], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        PORT: String(port),
        ...env,
      },
    });
    return new ServiceProcess(name, child, `http://127.0.0.1:${port}`);
  }

  /** Resolves when `ready` answers true. */
  async until(ready: () => Promise<boolean>): Promise<void> {
    const giveUp = () => this.child.exitCode !== null;
    if (await waitUntil(ready, { timeoutMs: START_TIMEOUT_MS, giveUp })) return;
    throw new Error(`the ${this.name} does not get ready:\n${this.output.join('\n')}`);
  }

  /** What a path answers as JSON; `null` when nothing listens, or the answer is no success. */
  async get<T>(path: string): Promise<T | null> {
    try {
      const response = await fetch(`${this.url}${path}`, { headers: { accept: 'application/json' } });
      return response.ok ? ((await response.json()) as T) : null;
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const gone = once(this.child, 'exit');
      const tooSlow = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      this.child.kill('SIGTERM');
      await gone;
      clearTimeout(tooSlow);
    }
    if (this.child.pid) guard.forgetProcess(this.child.pid);
  }

  private remember(text: string): void {
    this.output = [...this.output, ...text.split('\n').filter(Boolean)].slice(-LAST_LINES);
  }
}
