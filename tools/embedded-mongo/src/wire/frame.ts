/** Wire protocol: `[length i32][request id i32][response to i32][op code i32]`, then the message. */
export const HEADER_BYTES = 16;
export const MAX_MESSAGE_BYTES = 48_000_000;
/** What a message may have beyond the documents themselves. */
const MESSAGE_SLACK = 16_384;

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;

export interface Frame {
  requestId: number;
  opCode: number;
  /** What follows the header. */
  body: Buffer;
}

export class ProtocolError extends Error {}

/** Cuts the bytes of a connection into messages. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private available = 0;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.available += chunk.length;
  }

  /** The next whole message, if there is one. Throws {@link ProtocolError} for an impossible length. */
  next(): Frame | undefined {
    if (this.available < HEADER_BYTES) return undefined;
    const [first] = this.chunks;
    if (first && first.length < HEADER_BYTES) this.join();
    const length = this.chunks[0]?.readInt32LE(0) ?? 0;
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES + MESSAGE_SLACK) {
      throw new ProtocolError(`message length ${length} is out of range`);
    }
    if (this.available < length) return undefined;
    const bytes = this.join();
    this.chunks = bytes.length > length ? [bytes.subarray(length)] : [];
    this.available -= length;
    return {
      requestId: bytes.readInt32LE(4),
      opCode: bytes.readInt32LE(12),
      body: bytes.subarray(HEADER_BYTES, length),
    };
  }

  private join(): Buffer {
    const bytes = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [bytes];
    return bytes;
  }
}

export function frameHeader(
  opCode: number,
  ids: { requestId: number; responseTo: number },
  bytes: number,
): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + bytes, 0);
  header.writeInt32LE(ids.requestId, 4);
  header.writeInt32LE(ids.responseTo, 8);
  header.writeInt32LE(opCode, 12);
  return header;
}
