import { MongoClient, type Document } from 'mongodb';

type MongoProbe =
  | {
      readonly answers: true;
      readonly version: string;
      readonly kind: 'real' | 'embedded';
      readonly primary: boolean;
      /** Change streams need a replica set or a sharded cluster. */
      readonly streamsChanges: boolean;
    }
  | { readonly answers: false; readonly reason: string };

/** Asks the MongoDB at `uri` who it is. Never throws; gives up after about `timeoutMs`. */
export async function probeMongo(uri: string, timeoutMs = 1_500): Promise<MongoProbe> {
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    const build = await admin.command({ buildInfo: 1 });
    return {
      answers: true,
      version: String(build.version),
      kind: isEmbedded(build) ? 'embedded' : 'real',
      primary: hello.isWritablePrimary === true,
      streamsChanges: hello.setName !== undefined || hello.msg === 'isdbgrid',
    };
  } catch (error) {
    return { answers: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.close();
  }
}

function isEmbedded(buildInfo: Document): boolean {
  return buildInfo.gitVersion === 'embedded-mongo';
}

export function describeMongo(probe: Extract<MongoProbe, { answers: true }>): string {
  return probe.kind === 'real' ? `MongoDB ${probe.version}` : 'the embedded stand-in';
}

/** The URI of the one server at this port, whatever replica set it says it is in. */
export function directUri(port: number, host = '127.0.0.1'): string {
  return `mongodb://${host}:${port}/?directConnection=true`;
}
