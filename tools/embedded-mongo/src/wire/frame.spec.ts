import fc from 'fast-check';
import { frameHeader, FrameReader, HEADER_BYTES, OP_MSG, ProtocolError } from './frame.js';

function message(requestId: number, body: Buffer): Buffer {
  return Buffer.concat([frameHeader(OP_MSG, { requestId, responseTo: 0 }, body.length), body]);
}

describe('FrameReader', () => {
  it('finds the same messages however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (bodies, cuts) => {
          const bytes = Buffer.concat(bodies.map((body, i) => message(i, Buffer.from(body))));
          const reader = new FrameReader();
          const read: [number, string][] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            reader.push(bytes.subarray(at, at + size));
            at += size;
            for (let frame = reader.next(); frame; frame = reader.next()) {
              read.push([frame.requestId, frame.body.toString('hex')]);
            }
          }
          expect(read).toEqual(bodies.map((body, i) => [i, Buffer.from(body).toString('hex')]));
        },
      ),
    );
  });

  it.each([-1, HEADER_BYTES - 1, 48_100_000])('refuses a message length of %d', (length) => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeInt32LE(length, 0);
    const reader = new FrameReader();
    reader.push(header);
    expect(() => reader.next()).toThrow(ProtocolError);
  });
});
