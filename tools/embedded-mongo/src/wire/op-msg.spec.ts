import { serialize } from 'bson';
import { ProtocolError } from './frame.js';
import { decodeOpMsg } from './op-msg.js';

const flags = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const body = (doc: object) => Buffer.concat([Buffer.from([0]), serialize(doc)]);
const sequence = (name: string, docs: object[]) => {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...docs.map((doc) => serialize(doc))]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(4 + content.length);
  return Buffer.concat([Buffer.from([1]), length, content]);
};

describe('decodeOpMsg', () => {
  it('puts document sequences into their fields, wherever they stand', () => {
    const docs = [{ _id: 1 }, { _id: 2 }];
    for (const sections of [
      [body({ insert: 'c' }), sequence('documents', docs)],
      [sequence('documents', docs), body({ insert: 'c' })],
    ]) {
      expect(decodeOpMsg(Buffer.concat([flags(0), ...sections])).command).toEqual({
        insert: 'c',
        documents: docs,
      });
    }
  });

  it('keeps 64-bit integers exact', () => {
    expect(decodeOpMsg(Buffer.concat([flags(0), body({ getMore: 2n ** 62n + 1n })])).command).toEqual({
      getMore: 2n ** 62n + 1n,
    });
  });

  it('tells whether a reply is wanted, and leaves a checksum out', () => {
    const message = decodeOpMsg(Buffer.concat([flags(0b11), body({ ping: 1 }), Buffer.alloc(4)]));
    expect(message).toEqual({ command: { ping: 1 }, unacknowledged: true, exhaustAllowed: false });
    expect(decodeOpMsg(Buffer.concat([flags(1 << 16), body({ ping: 1 })])).exhaustAllowed).toBe(true);
  });

  it.each([
    ['an unknown required flag', Buffer.concat([flags(0b100), body({ ping: 1 })])],
    ['no command', Buffer.concat([flags(0), sequence('documents', [])])],
    ['two commands', Buffer.concat([flags(0), body({ ping: 1 }), body({ ping: 1 })])],
    ['a section beyond the message', Buffer.concat([flags(0), body({ ping: 1 }).subarray(0, 8)])],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeOpMsg(bytes)).toThrow(ProtocolError);
  });
});
