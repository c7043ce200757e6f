import { vectorsFor } from '../testing/lww-vectors.js';
import { decideIntoMongo, isSetBack } from './decide-into-mongo.js';

describe('decideIntoMongo, held to the vectors', () => {
  it.each(vectorsFor('mongo'))('%s', (_title, { incoming, current, decision }) => {
    expect(decideIntoMongo(incoming, current)).toBe(decision);
  });
});

describe('I8: Mongo was set back', () => {
  it.each([
    ['when it holds less than it did', { version: 19, source: 'redis' } as const, true],
    ['when it holds nothing', null, true],
    ['not when it holds what it did', { version: 20, source: 'mongo' } as const, false],
    ['not when it holds more', { version: 21, source: 'mongo' } as const, false],
    ['not when its document is unstamped', { version: null, source: 'mongo' } as const, false],
  ])('%s', (_when, stored, setBack) => {
    expect(isSetBack(stored, 20)).toBe(setBack);
  });
});
