import { Redis, type RedisOptions } from 'ioredis';
import { backOffMs } from './back-off.js';

/**
 * What a connection is for decides how it must fail. The client's defaults (20 retries, offline queue, no
 * time-out) let a call hang for over a minute when Redis is down, and for ever when packets just vanish.
 */
export type ConnectionProfile = 'http' | 'commands' | 'blocking';

/** A restarted Redis is found within a second. */
const reconnectSoon = (attempt: number): number => backOffMs(attempt, { capMs: 1_000 });

/** A demoted primary answers READONLY: drop the connection, so that the next one finds the new primary. */
const reconnectOnReadonly = (error: Error): boolean => error.message.startsWith('READONLY');

const shared = {
  connectTimeout: 1_000,
  disconnectTimeout: 200,
  maxLoadingRetryTime: 500,
  retryStrategy: reconnectSoon,
  reconnectOnError: reconnectOnReadonly,
} satisfies RedisOptions;

export const CONNECTION_PROFILES = {
  /**
   * For code that somebody waits for. Fails in 0 ms when disconnected and in 400 ms when Redis is silent,
   * so that a fallback can take over. `socketTimeout` replaces a connection that has gone silent.
   */
  http: {
    ...shared,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 400,
    socketTimeout: 2_000,
  },
  /**
   * For a consumer's writes and acks: waits through a short reconnect, then fails, so that the circuit
   * breaker hears of an outage within seconds. Commands are sent again after a reconnect (the client's
   * default, kept on purpose): a cut reply then runs a command twice, so **every write over this
   * connection must be an idempotent script** – never a bare XADD.
   */
  commands: {
    ...shared,
    maxRetriesPerRequest: 2,
    enableOfflineQueue: true,
    commandTimeout: 5_000,
    socketTimeout: 6_000,
  },
  /**
   * For one blocking reader each. Lives once: when the connection is lost the read *fails* and the reader
   * opens a new one. A client that reconnects by itself would repeat the read, and the entries of the cut
   * reply – delivered, but never seen – would lie pending behind later ones.
   * No time-outs of the client: its `blockingTimeout` answers `null` like an empty read, which would hide
   * a dead connection. The reader's own watchdog covers both.
   */
  blocking: {
    ...shared,
    lazyConnect: true,
    retryStrategy: () => null,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
    socketTimeout: undefined,
  },
} satisfies Record<ConnectionProfile, RedisOptions>;

/** All but the shape of replies, on which this library's reading of them rests. */
export type ClientOverrides = Omit<RedisOptions, 'replyMapping'>;

export interface ConnectOptions {
  /** Where Redis is, as `redis[s]://[user:password@]host:port[/db]`. */
  readonly url: string;
  readonly profile: ConnectionProfile;
  /** Shown in `CLIENT LIST`. */
  readonly name?: string;
  /** Hears every connection error; the client goes on by its profile either way. */
  readonly onError?: (error: Error) => void;
  readonly overrides?: ClientOverrides;
}

/** A client of one profile. The caller closes it. An `error` listener is always attached. */
export function connect(options: ConnectOptions): Redis {
  const client = new Redis(options.url, {
    ...CONNECTION_PROFILES[options.profile],
    ...(options.name === undefined ? {} : { connectionName: options.name }),
    ...options.overrides,
  });
  return client.on('error', options.onError ?? (() => undefined));
}

/** A connection for a blocking reader to the same Redis (and with the same credentials) as `client`. */
export function blockingTwin(client: Redis, overrides: ClientOverrides = {}): Redis {
  return client.duplicate({ ...CONNECTION_PROFILES.blocking, ...overrides }).on('error', () => undefined);
}
