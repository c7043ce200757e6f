import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateMongo, type KillableMongo } from '@redis-mongo-sync/dev-servers';
import { connect } from '@redis-mongo-sync/redis-streams';
import type { Redis } from 'ioredis';
import { MongoClient, type Collection } from 'mongodb';
import { TcpProxy } from '@redis-mongo-sync/testing';
import { ServiceProcess, type ServiceName } from '../../support/service-process.js';
import { startLinks, type Links } from './links.js';
import { RedisPair } from './redis-pair.js';

export const SERVICES = ['gateway', 'users', 'sync-a', 'sync-b'] as const;
export type ServiceId = (typeof SERVICES)[number];

/** Changes that the stand-in's streams can go back to: passed within seconds when capture is down. */
const OPLOG_ENTRIES = 5_000;
export const ADMIN_TOKEN = 'a-token-for-chaos-only';

/** The whole product: four services as processes, each store behind a proxy per client, and clients of the test's own. */
export class ChaosWorld {
  /** Services that are meant to be down: any other that ends has crashed. */
  readonly down = new Set<ServiceId>();
  readonly crashes: string[] = [];

  private constructor(
    readonly redisPair: RedisPair,
    readonly mongo: KillableMongo,
    readonly links: Links,
    /** The test's own way to the present primary. */
    private readonly ownLink: TcpProxy,
    readonly redis: Redis,
    readonly client: MongoClient,
    readonly services: Readonly<Record<ServiceId, ServiceProcess>>,
    readonly logs: ServiceLogs,
    /** Whether MongoDB keeps pre-images: without, what an outsider removes or gives another key can't be traced. */
    readonly preImages: boolean,
  ) {}

  static async start(): Promise<ChaosWorld> {
    const [redisPair, mongo] = await Promise.all([
      RedisPair.start(),
      startPrivateMongo({ mode: 'child', oplogEntries: OPLOG_ENTRIES }),
    ]);
    const links = await startLinks({ redis: redisPair.primary.port, mongo: mongo.port, users: 1 });
    const ownLink = await TcpProxy.start({ port: redisPair.primary.port });
    const logs = new ServiceLogs();
    const services = await startServices(links, mongo.database, logs);
    const redis = connect({ url: `redis://127.0.0.1:${ownLink.port}`, profile: 'commands' });
    const client = new MongoClient(direct(mongo.port), CLIENT_LIMITS);
    const { versionArray } = await client.db('admin').command({ buildInfo: 1 });
    const [major = 0] = versionArray as readonly number[];
    const preImages = major >= 6;
    return new ChaosWorld(redisPair, mongo, links, ownLink, redis, client, services, logs, preImages);
  }

  get gatewayUrl(): string {
    return this.services.gateway.url;
  }

  get users(): Collection {
    return this.client.db(this.mongo.database).collection('users');
  }

  get tombstones(): Collection {
    return this.client.db(this.mongo.database).collection('sync_tombstones');
  }

  get syncs(): readonly ServiceProcess[] {
    return [this.services['sync-a'], this.services['sync-b']];
  }

  /** All clients of Redis go to the present primary. */
  repoint(): void {
    const target = { port: this.redisPair.primary.port };
    for (const [name, link] of Object.entries(this.links)) if (name.endsWith('-redis')) link.retarget(target);
    this.ownLink.retarget(target);
  }

  /** Starts what has ended without being told to, and notes that it has. */
  async supervise(): Promise<void> {
    for (const id of SERVICES) {
      const service = this.services[id];
      if (this.down.has(id) || service.isUp) continue;
      this.crashes.push(`${id} ended by itself:\n${service.output.slice(-5).join('\n')}`);
      await service.launch();
    }
  }

  async stop(): Promise<void> {
    for (const link of Object.values(this.links)) link.pass();
    await Promise.all(Object.values(this.services).map((service) => service.end('SIGTERM')));
    this.redis.disconnect();
    await this.client.close();
    await Promise.all([...Object.values(this.links), this.ownLink].map((link) => link.close()));
    await Promise.all([this.mongo.stop(), this.redisPair.stop()]);
  }
}

/** What the services wrote: in files, and the alerts counted by code. */
export class ServiceLogs {
  readonly folder = mkdtempSync(join(tmpdir(), 'rms-chaos-'));
  readonly alerts = new Map<string, number>();
  private removed = false;

  /** A clean run needs no logs. */
  remove(): void {
    this.removed = true;
    rmSync(this.folder, { recursive: true, force: true });
  }

  of(id: ServiceId): (line: string) => void {
    const file = join(this.folder, `${id}.log`);
    return (line) => {
      if (this.removed) return; // the last lines of a process arrive after its end
      appendFileSync(file, `${line}\n`);
      const code = /"(SYNC_[1-4]\d\d) /.exec(line)?.[1];
      if (code) this.alerts.set(code, (this.alerts.get(code) ?? 0) + 1);
    };
  }
}

const CLIENT_LIMITS = { serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 2_000, socketTimeoutMS: 8_000 };

/** Straight to this port: told of the replica set's members, a driver would go around the proxy. */
function direct(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

async function startServices(
  links: Links,
  database: string,
  logs: ServiceLogs,
): Promise<Record<ServiceId, ServiceProcess>> {
  const start = (name: ServiceName, id: ServiceId, env: Record<string, string>) =>
    ServiceProcess.start(name, { MONGODB_DATABASE: database, ADMIN_TOKEN, ...env }, { onLine: logs.of(id) });
  const sync = (id: 'sync-a' | 'sync-b') =>
    start('sync-service', id, {
      REDIS_URL: `redis://127.0.0.1:${links[`${id}-redis`].port}`,
      MONGODB_URI: direct(links[`${id}-mongo`].port),
    });
  const [users, a, b] = await Promise.all([
    start('user-service', 'users', { MONGODB_URI: direct(links['users-mongo'].port) }),
    sync('sync-a'),
    sync('sync-b'),
  ]);
  links['gateway-users'].retarget({ port: users.port });
  const gateway = await start('api-gateway', 'gateway', {
    REDIS_URL: `redis://127.0.0.1:${links['gateway-redis'].port}`,
    USER_SERVICE_URL: `http://127.0.0.1:${links['gateway-users'].port}`,
    SYNC_SERVICE_URL: a.url,
  });
  return { gateway, users, 'sync-a': a, 'sync-b': b };
}
