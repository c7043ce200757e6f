import { decodeEvent, encodeEvent } from '../src/envelope/event-codec.js';
import { newEventId } from '../src/envelope/event-id.js';
import type { NewEvent } from '../src/envelope/message-event.js';
import { StreamCatalog } from '../src/envelope/stream-catalog.js';

const NOW = Date.UTC(2026, 0, 1);
const event = (more: Partial<NewEvent> = {}): NewEvent => ({ type: 'user.created', data: { n: 1 }, ...more });
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('the envelope', () => {
  it('is completed, encoded and decoded', () => {
    const { event: complete, json } = encodeEvent(event({ key: 'u1', correlationId: 'c' }), NOW);
    expect(complete).toMatchObject({ time: '2026-01-01T00:00:00.000Z', schemaVersion: 1, key: 'u1' });
    expect(decodeEvent({ id: '1-0', fields: ['event', json] })).toEqual(complete);
  });

  it.each<[string, Partial<NewEvent>, string]>([
    ['a type without action', { type: 'created' }, 'INVALID_NAME'],
    ['a stream name as type', { type: 'user:created' }, 'INVALID_NAME'],
    ['an empty id', { id: '' }, 'INVALID_EVENT'],
    ['an id with a line break', { id: 'a\nb' }, 'INVALID_EVENT'],
    ['a time that is none', { time: 'yesterday' }, 'INVALID_EVENT'],
    ['a version that is none', { schemaVersion: 0 }, 'INVALID_EVENT'],
    ['a bad trace context', { traceparent: '00-0-0-00' }, 'INVALID_EVENT'],
    ['an empty key', { key: '' }, 'INVALID_EVENT'],
    ['no data', { data: undefined }, 'INVALID_EVENT'],
    ['a BigInt', { data: 1n }, 'INVALID_EVENT'],
    ['too much', { data: 'x'.repeat(300_000) }, 'EVENT_TOO_LARGE'],
  ])('refuses %s', (_, more, code) => {
    expect(codeOf(() => encodeEvent(event(more), NOW))).toBe(code);
  });

  it.each([
    [['other', '{}']],
    [['event', 'not json']],
    [['event', '[]']],
    [['event', 'null']],
    [['event', '{"type":"a.b"}']],
    [['event', `"${'x'.repeat(300_000)}"`]],
  ])('takes an entry for malformed: %#', (fields) => {
    expect(codeOf(() => decodeEvent({ id: '1-0', fields }))).toBe('MALFORMED_EVENT');
  });

  it('makes ids that are UUIDs of version 7 and sort by time', () => {
    expect(newEventId(NOW)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newEventId(NOW) < newEventId(NOW + 1)).toBe(true);
  });
});

describe('streams and their keys', () => {
  it.each([
    '',
    'users',
    'User:events',
    'user:events:',
    'user:*',
    'user:{a}',
    'a:dlq',
    'a:b:p3',
    'a b:c',
    `a:${'b'.repeat(130)}`,
  ])('refuses the name %j', (name) =>
    expect(codeOf(() => new StreamCatalog().of(name))).toBe('INVALID_NAME'),
  );

  it('spreads keys over the partitions, one key always to the same', () => {
    const layout = new StreamCatalog({ streams: { 'user:events': { partitions: 8 } } }).of('user:events');
    const counts = new Array<number>(8).fill(0);
    for (let n = 0; n < 8_000; n += 1) counts[layout.partitionOf({ key: `user-${n}`, id: 'x' })]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(layout.partitionOf({ key: 'k', id: '1' })).toBe(layout.partitionOf({ key: 'k', id: '2' }));
  });

  it('keeps all keys of a stream in one slot of a cluster, when asked to', () => {
    const layout = new StreamCatalog({ hashTags: true, streams: { 'a:b': { partitions: 2 } } }).of('a:b');
    const keys = [
      ...layout.streamKeys,
      layout.deadLetterKey,
      ...layout.idKeys(1),
      ...layout.doneKeys(1, 'g'),
      ...layout.leaseKeys('g'),
    ];
    expect(keys.every((key) => key.startsWith('{a:b}'))).toBe(true);
  });

  it('refuses two numbers of partitions for one stream', () => {
    const catalog = new StreamCatalog({ streams: { 'a:b': { partitions: 2 } } });
    expect(codeOf(() => catalog.define('a:b', { partitions: 3 }))).toBe('STREAM_MISMATCH');
  });
});
