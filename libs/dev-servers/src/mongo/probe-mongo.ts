import { MongoClient } from 'mongodb';

export type MongoProbe =
  | {
      readonly answers: true;
      readonly version: string;
      readonly replicaSet: string | undefined;
      readonly primary: boolean;
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
    const { version } = await admin.command({ buildInfo: 1 });
    return {
      answers: true,
      version: String(version),
      replicaSet: hello.setName as string | undefined,
      primary: hello.isWritablePrimary === true,
    };
  } catch (error) {
    return { answers: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await client.close();
  }
}

/** The URI of the one server at this port, whatever replica set it says it is in. */
export function directUri(port: number, host = '127.0.0.1'): string {
  return `mongodb://${host}:${port}/?directConnection=true`;
}
