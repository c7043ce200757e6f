import { createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * The least a server of messages can do: `[length u32][reply length u32]…` is answered by as many bytes as
 * asked for. What the stand-in needs beyond this is its own.
 */
const HEADER_BYTES = 8;

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('SIGTERM', () => process.exit(0));

function serve(socket: Socket): void {
  let received: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    while (received.length >= HEADER_BYTES && received.length >= received.readUInt32LE(0)) {
      const [length, replyLength] = [received.readUInt32LE(0), received.readUInt32LE(4)];
      received = received.subarray(length);
      socket.write(Buffer.alloc(replyLength));
    }
  });
}
