import { CursorTable } from './commands/cursor-table.js';
import { Dispatcher } from './commands/dispatcher.js';
import { Topology } from './commands/topology.js';
import { FailPoints } from './failpoint/fail-points.js';
import { Journal } from './journal/journal.js';
import type { RecoveryReport } from './journal/recovery.js';
import { DEFAULTS, type EmbeddedMongoOptions } from './options.js';
import { Store } from './store/store.js';
import { TransactionReaper } from './store/transaction-reaper.js';
import { TtlMonitor } from './store/ttl-monitor.js';
import { Listener } from './wire/listener.js';

/** A running server. */
export interface EmbeddedMongo {
  /** Connection string for drivers. */
  readonly uri: string;
  readonly port: number;
  /** What was found in the data folder; undefined without one. */
  readonly recovery: RecoveryReport | undefined;
  /** Closes all connections, writes what is left and frees the port and the folder. */
  stop(): Promise<void>;
  /** For tests: forgets all changes but the newest `keep`, so that older resume tokens meet "history lost". */
  trimOplog(keep?: number): void;
  /** For tests: deletes what TTL indexes call expired now, and resolves to the number of documents. */
  expireNow(): Promise<number>;
  /** For tests: writes a snapshot and starts a new log. Does nothing without a data folder. */
  compact(): Promise<void>;
}

/** Starts a server in this process. Rejects when the port is taken or the data folder is in use. */
export async function startEmbeddedMongo(given: EmbeddedMongoOptions = {}): Promise<EmbeddedMongo> {
  const options: Settings = { ...DEFAULTS, warn: warnOnStderr, ...given };
  const store = new Store(options);
  const opened = await openJournal(store, options);
  try {
    if (store.clock.last === 0n) await store.initiate();
    return await serve(store, options, opened);
  } catch (error) {
    await opened?.journal.close();
    throw error;
  }
}

type Settings = EmbeddedMongoOptions & Required<Pick<EmbeddedMongoOptions, keyof typeof DEFAULTS | 'warn'>>;

interface Opened {
  journal: Journal;
  report: RecoveryReport;
}

async function openJournal(store: Store, options: Settings): Promise<Opened | undefined> {
  const { dbPath: folder, fsync, compactBytes, files, warn } = options;
  if (folder === undefined) return undefined;
  const onFlushed = () => {
    store.visible.notify();
  };
  const [journal, report] = await Journal.open(
    { folder, fsync, compactBytes, warn, onFlushed, ...(files && { files }) },
    { catalog: store.data.catalog, sessions: store.sessions, oplog: store.oplog, clock: store.clock },
  );
  store.attach(journal);
  for (const file of report.setAside)
    warn(`damaged data was set aside as ${file}; what could be read was kept`);
  return { journal, report };
}

async function serve(store: Store, options: Settings, opened: Opened | undefined): Promise<EmbeddedMongo> {
  const { host, replicaSet, warn } = options;
  const onTrouble = (error: unknown) => {
    warn(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  const listener = new Listener(onTrouble);
  const node = {
    store,
    cursors: new CursorTable(),
    failPoints: new FailPoints(),
    startedAt: new Date(),
    connectionCount: () => listener.count,
  };
  const port = await listener.listen(
    { host, port: options.port },
    (bound) => new Dispatcher({ ...node, topology: new Topology(replicaSet, `${host}:${bound}`) }, onTrouble),
  );
  const ttl = new TtlMonitor(store, options.ttlIntervalMs, options.nowMs);
  const reaper = new TransactionReaper(store.data, options.transactionLifetimeMs);
  return {
    uri: `mongodb://${host}:${port}/?replicaSet=${replicaSet}`,
    port,
    recovery: opened?.report,
    stop: once(async () => {
      ttl.stop();
      reaper.stop();
      await listener.close();
      await opened?.journal.close();
    }),
    trimOplog: (keep = 0) => {
      store.oplog.trim(keep);
    },
    expireNow: () => ttl.run(),
    compact: async () => opened?.journal.compact(),
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}

function warnOnStderr(message: string): void {
  process.stderr.write(`embedded-mongo: ${message}\n`);
}
