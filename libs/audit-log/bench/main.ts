/**
 * `npm run tool -- bench-audit-log [--entries 100000] [--rows 1000000]`: appends per second on both stores, then queries,
 * export, verification and retention on PostgreSQL with that many rows (0 leaves it out). Private servers, gone
 * afterwards; PostgreSQL with fsync.
 */
import {
  postgresUnavailableReason,
  startPrivateMongo,
  startPrivatePostgres,
  type PrivatePostgres,
} from '@redis-mongo-sync/dev-servers';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { openAuditLog, type AuditStoreChoice } from '../src/index.js';
import { appendRate } from './append-rate.js';
import { largeLog } from './large-log.js';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '1000000' },
  },
});
const APPENDERS = [1, 4];
const BATCH = 500;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function rates(name: string, choice: (run: number) => AuditStoreChoice): Promise<void> {
  for (const [run, appenders] of APPENDERS.entries()) {
    const open = () => openAuditLog(choice(run), { timeoutMs: 60_000 });
    const rate = await appendRate(open, { appenders, entries: Number(values.entries), batch: BATCH });
    print(`${name}: append, batches of ${BATCH}, ${appenders} logs at once: ${Math.round(rate)} entries/s`);
  }
}

async function onMongo(): Promise<void> {
  const server = await startPrivateMongo({ mode: 'child' });
  const { uri, database } = server;
  try {
    const name = server.kind === 'real' ? 'MongoDB' : 'MongoDB (stand-in)';
    await rates(name, (run) => ({ store: 'mongo', uri, database, collection: `log_${run}` }));
  } finally {
    await server.stop();
  }
}

async function onPostgres(): Promise<void> {
  const reason = await postgresUnavailableReason();
  if (reason) return print(reason);
  const withServer = async (use: (server: PrivatePostgres) => Promise<void>) => {
    const server = await startPrivatePostgres({ fsync: true });
    try {
      await use(server);
    } finally {
      await server.stop();
    }
  };
  await withServer(({ url }) => rates('PostgreSQL', () => ({ store: 'postgres', url })));
  const rows = Number(values.rows);
  if (rows > 0) await withServer(({ url }) => largeLog(url, rows, print));
}

print(`Node ${process.version}, ${cpus().length} CPUs, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
await onMongo();
await onPostgres();
print(`Load at the end ${(loadavg()[0] ?? 0).toFixed(1)}; figures of a busy machine are lower.`);
