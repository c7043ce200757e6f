import { readOplogWindow } from '@redis-mongo-sync/sync-adapters';
import type { Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import { clockFinding } from '../clock.js';
import type { Found } from '../finding.js';

/** What the checks of the server find out, for those that come after. */
export interface ServerFacts {
  readonly version: string;
}

export async function serverFacts({ db }: CheckContext): Promise<ServerFacts> {
  const { version } = await db.command({ buildInfo: 1 });
  return { version: String(version) };
}

/** Version, replica set, clock and oplog of MongoDB. */
export async function serverChecks(
  context: CheckContext,
  { version }: ServerFacts,
): Promise<readonly Found[]> {
  const sentAt = Date.now();
  const hello = await context.db.admin().command({ hello: 1 });
  const clock = {
    name: 'clock',
    sentAt,
    receivedAt: Date.now(),
    theirs: (hello.localTime as Date).getTime(),
  };
  return [
    versionCheck(version, await isStandIn(context)),
    replicaSetCheck(hello),
    clockFinding(clock),
    await oplogCheck(context),
  ];
}

function versionCheck(version: string, standIn: boolean): Found {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 4 || (major === 4 && minor < 4)) {
    const says = `${version}: the sync needs 4.4 or newer`;
    return { name: 'version', verdict: 'mend', says, mend: ['upgrade MongoDB'] };
  }
  if (!standIn) return { name: 'version', verdict: 'fine', says: version };
  const says = `${version}, as the embedded stand-in speaks it: for development and tests, never for production`;
  return { name: 'version', verdict: 'notice', says };
}

async function isStandIn({ db }: CheckContext): Promise<boolean> {
  const { gitVersion } = await db.command({ buildInfo: 1 });
  return gitVersion === 'embedded-mongo';
}

function replicaSetCheck({ setName, msg }: Document): Found {
  const name = 'replica set';
  if (typeof setName === 'string') return { name, verdict: 'fine', says: setName };
  if (msg === 'isdbgrid')
    return { name, verdict: 'notice', says: 'a sharded cluster, which nobody has tried' };
  return {
    name,
    verdict: 'mend',
    says: 'a single server: there are no change streams without a replica set',
    mend: ['start mongod with --replSet rs0, then in mongosh: rs.initiate()'],
  };
}

const HOUR_MS = 3_600_000;
const SAFE_HOURS = 24;

async function oplogCheck({ mongo }: CheckContext): Promise<Found> {
  const name = 'oplog';
  const window = await readOplogWindow(mongo);
  if (!window.known) {
    const says =
      'this user may not read local.oplog.rs: nobody will warn before the sync has been down for too long';
    return { name, verdict: 'notice', says };
  }
  const hours = (window.lastMs - window.firstMs) / HOUR_MS;
  const reach = hours < 1 ? 'less than an hour' : `${Math.floor(hours)} hours`;
  const says = `reaches back ${reach}; a sync that is down for longer publishes everything again`;
  return { name, verdict: hours < SAFE_HOURS ? 'notice' : 'fine', says };
}
