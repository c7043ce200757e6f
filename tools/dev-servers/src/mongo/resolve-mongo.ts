import { join } from 'node:path';
import { resolveServer, type Provider, type Resolution, type ResolveOptions } from '../resolve/provider.js';
import { answeringMongo } from './providers/answering-mongo.js';
import { downloadedMongo } from './providers/downloaded-mongo.js';
import { embeddedMongo } from './providers/embedded-mongo.js';
import { givenMongo } from './providers/given-mongo.js';
import { startedMongo } from './providers/started-mongo.js';

/** The providers of MongoDB in their order; see each for what it takes and what it passes over. */
export function mongoProviders(options: ResolveOptions): Provider[] {
  const env = options.env ?? process.env;
  const folder = join(options.dataFolder, 'mongod');
  return [
    givenMongo(env.MONGODB_URI),
    answeringMongo(),
    startedMongo(folder, env),
    downloadedMongo({ ...options, folder, binaries: join(options.dataFolder, 'binaries') }),
    embeddedMongo(join(options.dataFolder, 'embedded-mongo')),
  ];
}

/** Finds or starts the MongoDB that `npm start` uses. */
export function resolveMongo(options: ResolveOptions): Promise<Resolution> {
  return resolveServer(mongoProviders(options));
}
