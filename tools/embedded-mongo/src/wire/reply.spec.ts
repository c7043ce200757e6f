import { deserialize, serialize } from 'bson';
import { encodeReply } from './reply.js';

describe('encodeReply', () => {
  it('embeds encoded documents as if the whole had been encoded at once', () => {
    const documents = [{ _id: 1, name: 'a' }, { _id: 2, nested: { list: [1, 2] } }, {}];
    const fields = { ok: 1, operationTime: 5 };
    const encoded = Buffer.concat(
      encodeReply({
        fields,
        cursor: {
          name: 'nextBatch',
          documents: documents.map((doc) => serialize(doc)),
          fields: { id: 7n, ns: 'd.c' },
        },
      }),
    );
    const whole = serialize({ cursor: { nextBatch: documents, id: 7n, ns: 'd.c' }, ...fields });
    expect(encoded.equals(whole)).toBe(true);
  });

  it('encodes a reply without a cursor as it is', () => {
    expect(deserialize(Buffer.concat(encodeReply({ fields: { n: 1, ok: 1 } })))).toEqual({ n: 1, ok: 1 });
  });
});
