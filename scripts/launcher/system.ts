import { join } from 'node:path';
import { keepServerAlive, type ServerKeeper } from './keep-server-alive.js';
import { LaunchError } from './launch-error.js';
import { ServiceLog } from './service-log.js';
import type { Servers } from './servers.js';
import {
  serviceEnvironment,
  type ServerUrls,
  type ServiceDefinition,
  type ServicePorts,
} from './services.js';
import { Supervisor } from './supervisor.js';
import { waitHealthy } from './wait-healthy.js';

const HEALTHY_TIMEOUT_MS = 90_000;

export interface SystemOptions {
  readonly root: string;
  readonly servers: Servers;
  readonly services: readonly ServiceDefinition[];
  readonly ports: ServicePorts;
  readonly rawLogs: boolean;
  readonly say: (line: string) => void;
}

interface RunningService {
  readonly definition: ServiceDefinition;
  readonly supervisor: Supervisor;
  readonly log: ServiceLog;
}

/** The servers and services that run here, started and stopped together. */
export class System {
  readonly urls: ServerUrls;
  readonly #options: SystemOptions;
  readonly #keepers: readonly ServerKeeper[];
  readonly #services: readonly RunningService[];

  constructor(options: SystemOptions) {
    const { servers, say } = options;
    this.#options = options;
    this.urls = { redisUrl: servers.redis.url, mongoUri: servers.mongo.url };
    this.#keepers = [
      keepServerAlive('Redis', servers.redis, say),
      keepServerAlive('MongoDB', servers.mongo, say),
    ];
    this.#services = options.services.map((definition) => this.#prepare(definition));
  }

  /**
   * Starts the services together and waits until each says it is healthy.
   * @throws LaunchError after printing the last log lines of those that do not become healthy
   */
  async start(): Promise<void> {
    for (const { supervisor } of this.#services) supervisor.start();
    const healthy = await Promise.all(this.#services.map((service) => this.#becomeHealthy(service)));
    const ailing = this.#services.filter(({ supervisor }, i) => !healthy[i] && supervisor.mode !== 'stopped');
    for (const { log } of ailing) log.showHeld();
    if (ailing.length === 0) return;
    const names = ailing.map(({ definition }) => definition.name).join(', ');
    throw new LaunchError(`✗ ${names} did not become healthy; the last log lines are above.`);
  }

  /** From now on the services' log lines are printed. */
  openLogs(): void {
    for (const { log } of this.#services) log.open();
  }

  /** Stops the services one after the other, then the servers that were started here. */
  async stop(): Promise<void> {
    for (const { supervisor } of this.#services) await supervisor.stop();
    await Promise.all(this.#keepers.map((keeper) => keeper.stop()));
  }

  kill(): void {
    for (const { supervisor } of this.#services) supervisor.kill();
    for (const keeper of this.#keepers) keeper.kill();
  }

  #prepare(definition: ServiceDefinition): RunningService {
    const { root, ports, rawLogs, say } = this.#options;
    const log = new ServiceLog(definition.name, { raw: rawLogs });
    const supervisor = new Supervisor({
      name: definition.name,
      command: process.execPath,
      args: [join(root, 'dist', 'apps', definition.name, 'main.js')],
      env: serviceEnvironment(definition, ports, this.urls),
      onLine: (line) => log.write(line),
      say: (line) => say(`! ${line}`),
      onFatal: () => log.showHeld(),
    });
    return { definition, supervisor, log };
  }

  async #becomeHealthy({ definition, supervisor }: RunningService): Promise<boolean> {
    const { ports, say } = this.#options;
    const started = Date.now();
    const healthy = await waitHealthy({
      url: `http://127.0.0.1:${ports[definition.name]}${definition.healthPath}`,
      timeoutMs: HEALTHY_TIMEOUT_MS,
      giveUp: () => supervisor.mode === 'failed' || supervisor.mode === 'stopped',
    });
    if (healthy) say(`✓ ${definition.name} is healthy (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return healthy;
  }
}
