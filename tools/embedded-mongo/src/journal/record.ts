import { crc32 } from 'node:zlib';

export const RECORD_HEADER = 8;

/** `[length u32][crc32 of the body u32]`, both little endian; the body is a row of BSON documents. */
export function recordHeader(body: readonly Uint8Array[]): Buffer {
  const header = Buffer.allocUnsafe(RECORD_HEADER);
  let length = 0;
  let checksum = 0;
  for (const part of body) {
    length += part.length;
    checksum = crc32(part, checksum);
  }
  header.writeUInt32LE(length, 0);
  header.writeUInt32LE(checksum, 4);
  return header;
}

/** The BSON documents of a body, not decoded. Throws RangeError when the lengths do not add up. */
export function* documentsOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length;) {
    const length = body.readInt32LE(at);
    if (length < 5 || at + length > body.length) throw new RangeError('BSON length beyond its record');
    yield body.subarray(at, at + length);
    at += length;
  }
}
