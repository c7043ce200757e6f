import { BSON, MongoClient, type Document } from 'mongodb';

/** Bytes of a command and its reply on the wire. */
export interface MessageSizes {
  requestBytes: number;
  replyBytes: number;
}

/** Header, flags and section kind of an OP_MSG. */
const ENVELOPE_BYTES = 16 + 4 + 1;

/** Sizes of the last command an operation sends, and of its answer. */
export async function messageSizes(
  uri: string,
  operation: (client: MongoClient) => Promise<unknown>,
): Promise<MessageSizes> {
  const client = new MongoClient(uri, { monitorCommands: true });
  const sizes: MessageSizes = { requestBytes: 0, replyBytes: 0 };
  client.on('commandStarted', ({ command }) => {
    sizes.requestBytes = ENVELOPE_BYTES + BSON.calculateObjectSize(command);
  });
  client.on('commandSucceeded', ({ reply }) => {
    sizes.replyBytes = ENVELOPE_BYTES + BSON.calculateObjectSize(reply as Document);
  });
  try {
    await operation(client);
    return { ...sizes };
  } finally {
    await client.close();
  }
}
