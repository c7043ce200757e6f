import { LaunchError } from './launch-error.js';

export interface ServiceDefinition {
  readonly name: 'api-gateway' | 'user-service' | 'event-service' | 'sync-service';
  readonly title: string;
  readonly defaultPort: number;
  /** Overrides the port, so that all can be moved from one `.env`. */
  readonly portVariable: string;
  readonly healthPath: string;
}

/** In the order in which they are stopped: first the one that takes requests, last the one that carries changes. */
export const SERVICES: readonly ServiceDefinition[] = [
  {
    name: 'api-gateway',
    title: 'Gateway',
    defaultPort: 3000,
    portVariable: 'API_GATEWAY_PORT',
    healthPath: '/health',
  },
  {
    name: 'user-service',
    title: 'User service',
    defaultPort: 3001,
    portVariable: 'USER_SERVICE_PORT',
    healthPath: '/users/health',
  },
  {
    name: 'event-service',
    title: 'Event service',
    defaultPort: 3003,
    portVariable: 'EVENT_SERVICE_PORT',
    healthPath: '/health',
  },
  {
    name: 'sync-service',
    title: 'Sync service',
    defaultPort: 3002,
    portVariable: 'SYNC_SERVICE_PORT',
    healthPath: '/health',
  },
];

export type ServicePorts = Readonly<Record<ServiceDefinition['name'], number>>;

/** The port of each service: its default unless the environment says otherwise. */
export function servicePorts(env: NodeJS.ProcessEnv): ServicePorts {
  const ports = SERVICES.map(({ name, portVariable, defaultPort }) => {
    const port = Number(env[portVariable] ?? defaultPort);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new LaunchError(`${portVariable} must be a port from 1 to 65535, but is '${env[portVariable]}'.`);
    }
    return [name, port];
  });
  return Object.fromEntries(ports) as ServicePorts;
}

export interface ServerUrls {
  readonly redisUrl: string;
  readonly mongoUri: string;
}

/** What a service finds in its environment: its port, the stores and the others' addresses. */
export function serviceEnvironment(
  service: ServiceDefinition,
  ports: ServicePorts,
  servers: ServerUrls,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PORT: String(ports[service.name]),
    port: String(ports[service.name]),
    REDIS_URL: servers.redisUrl,
    MONGODB_URI: servers.mongoUri,
    USER_SERVICE_URL: process.env.USER_SERVICE_URL ?? `http://127.0.0.1:${ports['user-service']}`,
    EVENT_SERVICE_URL: process.env.EVENT_SERVICE_URL ?? `http://127.0.0.1:${ports['event-service']}`,
    SYNC_SERVICE_URL: process.env.SYNC_SERVICE_URL ?? `http://127.0.0.1:${ports['sync-service']}`,
  };
}
