import type { MongoClient } from 'mongodb';
import { createEntity } from './create-entity.js';
import { Entities } from './entities.js';
import { assertExpectedEvents } from './expected-events.js';
import { Matcher } from './matcher.js';
import type { TestRunner } from './operations/test-runner-operations.js';
import { NotApplicable } from './outcome.js';
import { performOperation } from './perform-operation.js';
import { assertRequirements, type ServerFacts } from './server-facts.js';
import type { CollectionData, TestCase, TestFile } from './test-file.js';

interface TestServer {
  uri: string;
  admin: MongoClient;
  facts: ServerFacts;
}

/** Runs one test. Throws `NotApplicable` when it is not for this server, anything else when it fails. */
export async function runTest(file: TestFile, test: TestCase, server: TestServer): Promise<void> {
  assertApplicable(file, test, server.facts);
  const entities = new Entities();
  const runner: TestRunner = { ...server, entities, failPoints: new Set() };
  try {
    await prepareData(file.initialData ?? [], server.admin);
    for (const description of file.createEntities ?? [])
      await createEntity(description, entities, server.uri);
    for (const operation of test.operations) await performOperation(operation, runner);
    for (const expectation of test.expectEvents ?? []) assertExpectedEvents(expectation, entities);
    for (const data of test.outcome ?? []) await assertOutcome(data, runner);
  } finally {
    await cleanUp(runner);
  }
}

function assertApplicable(file: TestFile, test: TestCase, facts: ServerFacts): void {
  if (!file.schemaVersion.startsWith('1.')) throw new NotApplicable(`schema version ${file.schemaVersion}`);
  assertRequirements(file.runOnRequirements, facts);
  assertRequirements(test.runOnRequirements, facts);
  if (test.skipReason !== undefined) throw new NotApplicable(test.skipReason);
  if (test.expectEvents?.some(({ eventType = 'command' }) => eventType !== 'command')) {
    throw new NotApplicable("watches the driver's connections");
  }
}

async function prepareData(collections: readonly CollectionData[], admin: MongoClient): Promise<void> {
  await admin.db('admin').command({ killAllSessions: [] });
  for (const { databaseName, collectionName, documents, createOptions } of collections) {
    const database = admin.db(databaseName);
    await database.dropCollection(collectionName).catch(() => undefined);
    const collection = await database.createCollection(collectionName, {
      ...createOptions,
      writeConcern: { w: 'majority' },
    });
    if (documents.length > 0) await collection.insertMany(documents, { writeConcern: { w: 'majority' } });
  }
}

async function assertOutcome(data: CollectionData, { admin, entities }: TestRunner): Promise<void> {
  const collection = admin.db(data.databaseName).collection(data.collectionName);
  const documents = await collection.find().sort({ _id: 1 }).toArray();
  new Matcher(entities).assertMatch(data.documents, documents, { path: 'outcome', root: false });
}

async function cleanUp({ admin, entities, failPoints }: TestRunner): Promise<void> {
  for (const configureFailPoint of failPoints) {
    await admin.db('admin').command({ configureFailPoint, mode: 'off' });
  }
  await entities.close();
}
