import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { MessageSizes } from './message-sizes.js';

/** A connection to the echo: one message there and one back at a time. */
export class EchoClient {
  private constructor(
    private readonly socket: Socket,
    private readonly request: Buffer,
    private readonly replyBytes: number,
  ) {}

  static async open(port: number, { requestBytes, replyBytes }: MessageSizes): Promise<EchoClient> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    const request = Buffer.alloc(requestBytes);
    request.writeUInt32LE(requestBytes, 0);
    request.writeUInt32LE(replyBytes, 4);
    return new EchoClient(socket, request, replyBytes);
  }

  roundTrip(): Promise<void> {
    return new Promise((resolve) => {
      let missing = this.replyBytes;
      const take = (chunk: Buffer) => {
        missing -= chunk.length;
        if (missing > 0) return;
        this.socket.off('data', take);
        resolve();
      };
      this.socket.on('data', take);
      this.socket.write(this.request);
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
