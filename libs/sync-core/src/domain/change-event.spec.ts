import type { ChangeEvent } from './change-event.js';
import { formatEvent, MalformedEventError, parseEvent } from './envelope.js';

const EVENT: ChangeEvent = {
  eventId: 'redis:ada@example.org:2048',
  entity: 'users',
  key: 'ada@example.org',
  op: 'upsert',
  source: 'redis',
  version: 2048,
  payload: '{"email":"ada@example.org"}',
};

describe('what an event says its writer knew', () => {
  it.each([{}, { base: 0 }, { base: 2047 }, { base: 2047, known: 0 }, { base: 7, known: 7 }])(
    'goes and comes back: %j',
    (seen) => {
      expect(parseEvent(formatEvent({ ...EVENT, ...seen }))).toEqual({ ...EVENT, ...seen });
    },
  );

  it.each([
    { base: 2048 },
    { base: -1 },
    { base: 1.5 },
    { base: '7' },
    { base: null },
    { known: 3 },
    { base: 7, known: 8 },
    { base: 7, known: -1 },
    { base: 7, known: '7' },
  ])('is refused when it cannot be: %j', (seen) => {
    const text = formatEvent({ ...EVENT, ...(seen as object) });
    expect(() => parseEvent(text)).toThrow(MalformedEventError);
  });
});
