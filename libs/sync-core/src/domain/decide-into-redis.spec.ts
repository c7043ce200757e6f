import { heldOf, vectorsFor } from '../testing/lww-vectors.js';
import { decideIntoRedis } from './decide-into-redis.js';
import { parseRecord, type HeldRecord } from './record-text.js';

const contentOf = ({ version, payload }: HeldRecord) => ({ version, content: payload });

describe('decideIntoRedis, held to the vectors', () => {
  it.each(vectorsFor('redis'))('%s', (_title, { incoming, current, decision }) => {
    const held = current && contentOf(heldOf(current));
    expect(decideIntoRedis(contentOf(heldOf(incoming)), held)).toBe(decision);
    // What is odd to the scripts is odd to us.
    if (current?.text !== undefined) expect(parseRecord(current.text)?.version ?? 0).toBe(current.version);
  });
});
