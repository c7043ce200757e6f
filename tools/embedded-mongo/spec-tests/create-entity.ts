import type { ClientSessionOptions, MongoClientOptions } from 'mongodb';
import { driverOptions } from './driver-options.js';
import type { Entities } from './entities.js';
import type { Fields } from './fields.js';
import { ObservedClient } from './observed-client.js';
import { NotApplicable } from './outcome.js';
import type { EntityDescription } from './test-file.js';

/** Short, because after a simulated "not primary" the driver waits for the next heartbeat. */
const HEARTBEAT_MS = 500;
const SERVER_SELECTION_MS = 5_000;

type Creator = (settings: Fields & { id: string }, entities: Entities, uri: string) => Promise<void> | void;

const CREATORS: Record<string, Creator> = {
  client: async (settings, entities, uri) => {
    if (settings.autoEncryptOpts) throw new NotApplicable('needs client-side encryption');
    const observed = new ObservedClient({
      uri: withUriOptions(uri, (settings.uriOptions ?? {}) as Fields),
      observeEvents: (settings.observeEvents ?? []) as string[],
      ignoreCommands: (settings.ignoreCommandMonitoringEvents ?? []) as string[],
      options: clientOptions(settings),
    });
    entities.set(settings.id, { kind: 'client', value: observed });
    await observed.client.connect();
  },
  database: ({ id, client, databaseName, databaseOptions }, entities) => {
    const options = driverOptions(databaseOptions as Fields | undefined);
    const value = entities.get('client', client).client.db(String(databaseName), options);
    entities.set(id, { kind: 'database', value });
  },
  collection: ({ id, database, collectionName, collectionOptions }, entities) => {
    const options = driverOptions(collectionOptions as Fields | undefined);
    const value = entities.get('database', database).collection(String(collectionName), options);
    entities.set(id, { kind: 'collection', value });
  },
  session: ({ id, client, sessionOptions }, entities) => {
    const { defaultTransactionOptions, ...others } = (sessionOptions ?? {}) as Fields;
    const options: ClientSessionOptions = {
      ...others,
      ...(defaultTransactionOptions !== undefined && {
        defaultTransactionOptions: driverOptions(defaultTransactionOptions as Fields),
      }),
    };
    entities.set(id, { kind: 'session', value: entities.get('client', client).client.startSession(options) });
  },
};

export async function createEntity(
  description: EntityDescription,
  entities: Entities,
  uri: string,
): Promise<void> {
  for (const [kind, settings] of Object.entries(description)) {
    const create = CREATORS[kind];
    if (!create) throw new NotApplicable(`needs a ${kind}`);
    await create(settings, entities, uri);
  }
}

function withUriOptions(uri: string, options: Fields): string {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(options)) {
    url.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return url.href;
}

function clientOptions({ serverApi, uriOptions }: Fields): MongoClientOptions {
  const heartbeat = (uriOptions as Fields | undefined)?.heartbeatFrequencyMS ?? HEARTBEAT_MS;
  return {
    heartbeatFrequencyMS: Number(heartbeat),
    minHeartbeatFrequencyMS: 50,
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
    ...(serverApi !== undefined && { serverApi: serverApi as NonNullable<MongoClientOptions['serverApi']> }),
  };
}
