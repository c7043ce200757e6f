import { MongoServerError, type Document } from 'mongodb';
import type { CheckContext } from '../check-context.js';
import type { Found } from '../finding.js';
import { TOMBSTONES } from './tombstones-check.js';

/** What the sync does in the database, as MongoDB names it. */
const ACTIONS = [
  'find',
  'insert',
  'update',
  'remove',
  'changeStream',
  'createCollection',
  'createIndex',
  'collMod',
  'listCollections',
  'listIndexes',
] as const;

const NAME = 'rights';

interface Privilege {
  readonly resource: Document;
  readonly actions: readonly string[];
}

/** Whether the user may do what the sync does – or, where the server does not say, whether it may read and watch. */
export async function rightsCheck(context: CheckContext): Promise<readonly Found[]> {
  const { authInfo } = await context.db.command({ connectionStatus: 1, showPrivileges: true });
  const { authenticatedUsers = [], authenticatedUserPrivileges: privileges } = (authInfo ?? {}) as {
    authenticatedUsers?: readonly { user?: string; db?: string }[];
    authenticatedUserPrivileges?: readonly Privilege[];
  };
  const watching = await watchCheck(context);
  const [user] = authenticatedUsers;
  if (!user || !privileges) {
    return [{ name: NAME, verdict: 'fine', says: 'the server asks nobody who they are' }, watching];
  }
  const missing = missingActions(privileges, context.db.databaseName, context.entity.collection);
  if (missing.length === 0)
    return [{ name: NAME, verdict: 'fine', says: 'the user may do all that is needed' }, watching];
  const roles = ['readWrite', 'dbAdmin'].map((role) => ({ role, db: context.db.databaseName }));
  const grant = `db.getSiblingDB(${JSON.stringify(user.db)}).grantRolesToUser(${JSON.stringify(user.user)}, ${JSON.stringify(roles)})`;
  const says = `the user may not: ${missing.join(', ')}`;
  return [{ name: NAME, verdict: 'mend', says, mend: [`mongosh: ${grant}`] }, watching];
}

/** Pure. Actions that these privileges do not allow on the collection, or not on the tombstones. */
export function missingActions(
  privileges: readonly Privilege[],
  db: string,
  collection: string,
): readonly string[] {
  const allows = (action: string, place: string) =>
    privileges.some(
      ({ resource, actions }) =>
        covers(resource, db, place) && (actions.includes(action) || actions.includes('anyAction')),
    );
  return ACTIONS.filter((action) => !allows(action, collection) || !allows(action, TOMBSTONES));
}

function covers(resource: Document, db: string, collection: string): boolean {
  if (resource.anyResource === true) return true;
  if (resource.db !== '' && resource.db !== db) return false;
  return resource.collection === '' || resource.collection === collection;
}

/** Opens a change stream as capture does, and closes it. */
async function watchCheck({ db }: CheckContext): Promise<Found> {
  const name = 'change stream';
  try {
    const stream = await db.command({
      aggregate: 1,
      pipeline: [{ $changeStream: {} }],
      cursor: { batchSize: 0 },
    });
    const { id } = stream.cursor as { id: unknown };
    await db.command({ killCursors: '$cmd.aggregate', cursors: [id] }).catch(() => undefined);
    return { name, verdict: 'fine', says: 'the database can be watched' };
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    const says = `the database cannot be watched: ${error.codeName ?? error.message}`;
    return {
      name,
      verdict: 'mend',
      says,
      mend: ['a replica set, and a role with changeStream on the database (read has it)'],
    };
  }
}
