import { contentOf, vectorsFor } from '../../../../test/support/lww-vectors.js';
import { decide } from './decide.js';

describe('decide, held to the vectors', () => {
  it.each(vectorsFor())('%s', (_title, { target, incoming, current, verdict }) => {
    const held = current && { ...current, content: contentOf(current) };
    expect(decide(target, { ...incoming, content: contentOf(incoming) }, held)).toBe(verdict);
  });
});
