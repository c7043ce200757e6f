import { deserialize, serialize, type Document } from 'bson';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { startEmbeddedMongo, type EmbeddedMongo, type EmbeddedMongoOptions } from '../src/index.js';
import { frameHeader, FrameReader, OP_MSG } from '../src/wire/frame.js';

/** Everything a test file starts; `close()` stops it, clients before their servers. */
export class World {
  private readonly clients = new Map<EmbeddedMongo, MongoClient[]>();
  private readonly folders: string[] = [];

  async server(options: EmbeddedMongoOptions = {}): Promise<EmbeddedMongo> {
    const server = await startEmbeddedMongo(options);
    this.clients.set(server, []);
    return server;
  }

  async client(server: EmbeddedMongo, options: MongoClientOptions = {}): Promise<MongoClient> {
    const client = await new MongoClient(server.uri, { heartbeatFrequencyMS: 500, ...options }).connect();
    this.clients.get(server)?.push(client);
    return client;
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-mongo-'));
    this.folders.push(folder);
    return folder;
  }

  async stop(server: EmbeddedMongo): Promise<void> {
    for (const client of this.clients.get(server) ?? []) await client.close();
    this.clients.delete(server);
    await server.stop();
  }

  async close(): Promise<void> {
    for (const server of [...this.clients.keys()]) await this.stop(server);
    for (const folder of this.folders.splice(0)) await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until the probe gives something other than undefined, null or false. */
export async function eventually<T>(probe: () => T | Promise<T>, withinMs = 10_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms`);
    await wait(10);
  }
}

/** The error a promise rejects with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: number | string }> {
  const outcome = await promise.then(
    () => undefined,
    // Errors of Node itself come from another realm: `instanceof Error` does not hold for them here.
    (error: unknown) => error as Error,
  );
  if (outcome === undefined) throw new Error('expected an error, got none');
  return outcome;
}

/** A command just as it is, without what a driver would add, on a connection of its own. */
export async function rawCommand(port: number, command: Document): Promise<Document> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const body = Buffer.concat([Buffer.alloc(5), serialize(command)]);
  socket.write(Buffer.concat([frameHeader(OP_MSG, { requestId: 1, responseTo: 0 }, body.length), body]));
  const reader = new FrameReader();
  try {
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      reader.push(chunk);
      const frame = reader.next();
      if (frame) return deserialize(frame.body.subarray(5));
    }
  } finally {
    socket.destroy();
  }
}
