import { setTimeout as wait } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';
import { createEntity } from '../create-entity.js';
import { transactionState } from '../driver-internals.js';
import type { Entities } from '../entities.js';
import { hexOf, type Fields } from '../fields.js';
import { Mismatch, NotApplicable } from '../outcome.js';
import type { EntityDescription } from '../test-file.js';

/** What the test runner itself works with. */
export interface TestRunner {
  uri: string;
  /** Not observed by any test. */
  admin: MongoClient;
  entities: Entities;
  /** Names of fail points to switch off after the test. */
  failPoints: Set<string>;
}

type TestRunnerOperation = (args: Fields, runner: TestRunner) => Promise<void> | void;

const STATES: Record<string, string> = {
  none: 'NO_TRANSACTION',
  starting: 'STARTING_TRANSACTION',
  in_progress: 'TRANSACTION_IN_PROGRESS',
  committed: 'TRANSACTION_COMMITTED',
  aborted: 'TRANSACTION_ABORTED',
};

export const TEST_RUNNER_OPERATIONS: Record<string, TestRunnerOperation> = {
  failPoint: async ({ failPoint }, { admin, failPoints }) => {
    const command = failPoint as Fields;
    await admin.db('admin').command(command);
    failPoints.add(String(command.configureFailPoint));
  },
  createEntities: async ({ entities: descriptions }, { entities, uri }) => {
    for (const description of descriptions as EntityDescription[])
      await createEntity(description, entities, uri);
  },
  wait: async ({ ms }) => {
    await wait(Number(ms));
  },
  assertSessionTransactionState: ({ session, state }, { entities }) => {
    const actual = transactionState(entities.get('session', session));
    assert(actual === STATES[String(state)], `the transaction is ${actual}, not ${String(state)}`);
  },
  assertSessionDirty: ({ session }, { entities }) => {
    assert(entities.get('session', session).serverSession.isDirty, 'the session is not dirty');
  },
  assertSessionNotDirty: ({ session }, { entities }) => {
    assert(!entities.get('session', session).serverSession.isDirty, 'the session is dirty');
  },
  assertSessionUnpinned: ({ session }, { entities }) => {
    assert(!entities.get('session', session).isPinned, 'the session is pinned');
  },
  assertSessionPinned: () => needsSharding(),
  targetedFailPoint: () => needsSharding(),
  assertSameLsidOnLastTwoCommands: ({ client }, { entities }) => {
    const [one, two] = lastTwoSessions(entities, client);
    assert(one === two, 'the last two commands had different sessions');
  },
  assertDifferentLsidOnLastTwoCommands: ({ client }, { entities }) => {
    const [one, two] = lastTwoSessions(entities, client);
    assert(one !== two, 'the last two commands had the same session');
  },
  assertNumberConnectionsCheckedOut: ({ client, connections }, { entities }) => {
    const { checkedOut } = entities.get('client', client);
    assert(checkedOut === connections, `${checkedOut} connections are in use`);
  },
  assertCollectionExists: async (args, { admin }) => {
    assert(await collectionExists(args, admin), 'the collection does not exist');
  },
  assertCollectionNotExists: async (args, { admin }) => {
    assert(!(await collectionExists(args, admin)), 'the collection exists');
  },
  assertIndexExists: async (args, { admin }) => {
    assert(await indexExists(args, admin), 'the index does not exist');
  },
  assertIndexNotExists: async (args, { admin }) => {
    assert(!(await indexExists(args, admin)), 'the index exists');
  },
};

function assert(holds: boolean, otherwise: string): void {
  if (!holds) throw new Mismatch(otherwise);
}

function needsSharding(): never {
  throw new NotApplicable('needs another topology');
}

function lastTwoSessions(entities: Entities, client: unknown): string[] {
  const last = entities.get('client', client).sessionIds.slice(-2);
  assert(last.length === 2, 'fewer than two commands had a session');
  return last.map((lsid) => hexOf((lsid as { id: unknown }).id));
}

async function collectionExists({ databaseName, collectionName }: Fields, admin: MongoClient) {
  const named = admin.db(String(databaseName)).listCollections({ name: String(collectionName) });
  return (await named.toArray()).length > 0;
}

async function indexExists({ databaseName, collectionName, indexName }: Fields, admin: MongoClient) {
  const collection = admin.db(String(databaseName)).collection(String(collectionName));
  const indexes = await collection.indexes().catch(() => []);
  return indexes.some(({ name }) => name === indexName);
}
