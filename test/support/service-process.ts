import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { freePort, guard } from '@redis-mongo-sync/dev-servers';

export type ServiceName = 'api-gateway' | 'user-service' | 'event-service' | 'sync-service';

const START_DEADLINE_MS = 20_000;
/** Lines of output that are kept; `onLine` hears all. */
const OUTPUT_LINES = 2_000;

export interface ServiceProcessOptions {
  /** Hears every line of output, across restarts. */
  readonly onLine?: (line: string) => void;
}

/** One service as a process of its own, as users run it: killed, restarted on the same port, stopped in order. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  readonly output: string[] = [];

  private constructor(
    readonly name: ServiceName,
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly options: ServiceProcessOptions,
  ) {}

  static async start(
    name: ServiceName,
    env: Readonly<Record<string, string>>,
    options: ServiceProcessOptions = {},
  ): Promise<ServiceProcess> {
    const service = new ServiceProcess(name, await freePort(), env, options);
    await service.launch();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Of the process that runs now, or ran last. */
  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get isUp(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Stops it in its tracks, connections open. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Starts it (again) and waits until it listens. */
  async launch(): Promise<void> {
    const main = `dist/apps/${this.name}/main.js`;
    if (!existsSync(main)) throw new Error(`${main} is missing: npm run build makes it`);
    const child = spawn(process.execPath, [main], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LOG_FORMAT: 'json',
        RATE_LIMIT_PER_SECOND: '0',
        ...this.env,
        PORT: String(this.port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32', // Ctrl-C in the terminal is for the tests, which stop it in order
    });
    this.child = child;
    const { pid } = child;
    if (pid) guard.watchProcess(pid);
    child.once('exit', () => pid && guard.forgetProcess(pid));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.heard(line));
    }
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${this.name} does not listen:\n${this.output.slice(-20).join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Sends the signal and waits for the end. Returns the exit code; null when the signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill('SIGCONT'); // a frozen process would never see SIGTERM
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  private heard(line: string): void {
    this.output.push(line);
    if (this.output.length > OUTPUT_LINES) this.output.shift();
    this.options.onLine?.(line);
  }

  private async answers(): Promise<boolean> {
    const live = this.name === 'user-service' ? '/users/health/live' : '/health/live';
    return fetch(this.url + live, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
