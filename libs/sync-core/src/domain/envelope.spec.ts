import * as fc from 'fast-check';
import { changeEvent, eventIdOf, fieldsOf, payloadOf, type ChangeEvent } from './change-event.js';
import { EVENT_FIELD, formatEvent, MalformedEventError, parseEvent, peekEvent } from './envelope.js';
import type { JsonObject } from './json.js';

const EVENT: ChangeEvent = {
  eventId: 'redis:ada@example.org:2048',
  entity: 'users',
  key: 'ada@example.org',
  op: 'upsert',
  source: 'redis',
  id: '507f1f77bcf86cd799439011',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  version: 2_048,
  payload: '{"email":"ada@example.org"}',
};
const TEXT = formatEvent(EVENT);

const events: fc.Arbitrary<ChangeEvent> = fc
  .record({
    entity: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    source: fc.constantFrom('mongo' as const, 'redis' as const),
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fields: fc.option(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue())),
    id: fc.option(fc.string({ minLength: 1, maxLength: 30 }), { nil: undefined }),
    traceparent: fc.option(fc.string({ minLength: 1, maxLength: 60 }), { nil: undefined }),
    changed: fc.option(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), { nil: undefined }),
  })
  .map(({ fields, id, traceparent, changed, ...head }) => ({
    ...head,
    eventId: eventIdOf(head.source, head.key, head.version),
    op: fields ? ('upsert' as const) : ('delete' as const),
    payload: fields ? payloadOf(JSON.parse(JSON.stringify(fields)) as JsonObject) : null,
    ...(id === undefined ? {} : { id }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(changed === undefined ? {} : { changed }),
  }));

describe('the envelope', () => {
  it('has its members in this order, the payload last', () => {
    expect(TEXT).toBe(
      '{"schema":2,"entity":"users","key":"ada@example.org","op":"upsert","source":"redis",' +
        '"id":"507f1f77bcf86cd799439011",' +
        '"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",' +
        '"version":2048,"updatedAt":2,"eventId":"redis:ada@example.org:2048",' +
        '"payload":{"email":"ada@example.org"}}',
    );
    const { id: _id, traceparent: _trace, ...bare } = EVENT;
    expect(formatEvent({ ...bare, op: 'delete', payload: null, base: 2, known: 1, changed: [] })).toBe(
      '{"schema":2,"entity":"users","key":"ada@example.org","op":"delete","source":"redis",' +
        '"base":2,"known":1,"changed":[],"version":2048,"updatedAt":2,"eventId":"redis:ada@example.org:2048","payload":null}',
    );
  });

  it('I1: comes back as it went, whatever stands in it', () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(parseEvent(formatEvent(event))).toEqual(event);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('is refused or understood, however it is cut or changed, and never misread', () => {
    const cuts = fc.tuple(events, fc.nat(), fc.string({ maxLength: 5 }), fc.nat({ max: 10 }));
    fc.assert(
      fc.property(cuts, ([event, at, insert, drop]) => {
        const text = formatEvent(event);
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + insert + text.slice(cut + drop);
        let parsed: ChangeEvent;
        try {
          parsed = parseEvent(changed);
        } catch (error) {
          expect((error as Error).name).toBe('MalformedEventError');
          return;
        }
        expect(parsed.payload === null).toBe(parsed.op === 'delete');
        expect(Number.isSafeInteger(parsed.version)).toBe(true);
        expect(typeof fieldsOf(parsed)).toBe('object');
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it.each([
    ['', 'not an event envelope'],
    ['{}', 'not an event envelope'],
    [TEXT.slice(0, -1), 'payload is not JSON'],
    [TEXT.slice(0, -2), 'not an event envelope'],
    [TEXT.replace('payload', 'load'), 'not an event envelope'],
    [`${TEXT} `, 'not an event envelope'],
    [TEXT.replace('"schema":2', '"schema":2,'), 'envelope is not JSON'],
    [`[],"payload":{}}`, 'envelope is not JSON'],
    [',"payload":{}}', 'envelope is not JSON'],
    [TEXT.replace('"schema":2', '"schema":1'), 'schema 1 is not known'],
    [TEXT.replace('"schema":2', '"schema":"2"'), 'schema "2" is not known'],
    [TEXT.replace('"op":"upsert"', '"op":"merge"'), 'op must be upsert or delete'],
    [TEXT.replace('"op":"upsert"', '"op":"delete"'), 'a delete has no payload'],
    [formatEvent({ ...EVENT, payload: null }), 'payload is not an object'],
    [TEXT.replace('"redis","id"', '"kafka","id"'), 'source must be mongo or redis'],
    [TEXT.replace('"version":2048', '"version":0'), 'version must be a positive safe integer'],
    [TEXT.replace('"version":2048', '"version":9007199254740993'), 'version must be'],
    [formatEvent({ ...EVENT, payload: '[]' }), 'payload is not an object'],
    [formatEvent({ ...EVENT, payload: '{"a":' }), 'payload is not JSON'],
    [formatEvent({ ...EVENT, base: 2_048 }), 'base must be a whole number below the version'],
    [formatEvent({ ...EVENT, base: 5, known: 6 }), 'known must be a whole number up to base'],
    [formatEvent({ ...EVENT, eventId: '' }), 'eventId must be a string of 1 to 1024 characters'],
    [formatEvent({ ...EVENT, eventId: 'x'.repeat(1_025) }), 'eventId must be'],
    [formatEvent({ ...EVENT, entity: '' }), 'entity must be a string of 1 to 255 characters'],
    [formatEvent({ ...EVENT, entity: 'x'.repeat(256) }), 'entity must be'],
    [formatEvent({ ...EVENT, key: 'x'.repeat(513) }), 'key must be a string of 1 to 512 characters'],
    [formatEvent({ ...EVENT, key: '' }), 'key must be'],
    [TEXT.replace('"key":"ada@example.org"', '"key":{"$gt":""}'), 'key must be'],
    [formatEvent({ ...EVENT, id: '' }), 'id must be a string of 1 to 8192 characters'],
    [formatEvent({ ...EVENT, id: 'x'.repeat(8_193) }), 'id must be'],
    [TEXT.replace('"version"', '"changed":"name","version"'), 'changed must be a list of field names'],
    [TEXT.replace('"version"', '"changed":null,"version"'), 'changed must be a list of field names'],
    [TEXT.replace('"version"', '"changed":[7],"version"'), 'changed must be a list of field names'],
    [formatEvent({ ...EVENT, traceparent: '' }), 'traceparent must be a string of 1 to 255 characters'],
  ])('is refused with a reason: %s', (text, reason) => {
    expect(() => parseEvent(text)).toThrow(MalformedEventError);
    expect(() => parseEvent(text)).toThrow(reason);
  });

  it('tells which version of which record it carries without a look at the payload', () => {
    const { entity, key, version } = EVENT;
    expect(peekEvent(TEXT)).toEqual({ entity, key, version });
    expect(peekEvent(formatEvent({ ...EVENT, payload: '{"a":' }))).toEqual({ entity, key, version });
    for (const text of ['', '{}', '[]', 'x', TEXT.replace('2048', '"2048"')])
      expect(peekEvent(text)).toBeNull();
  });

  it('takes texts up to their limits', () => {
    const event = { ...EVENT, eventId: 'x'.repeat(1_024), entity: 'x'.repeat(255), key: 'x'.repeat(512) };
    expect(parseEvent(formatEvent(event))).toEqual(event);
  });

  it('names its errors, its events and their fields', () => {
    expect(EVENT_FIELD).toBe('event');
    expect(new MalformedEventError('x').name).toBe('MalformedEventError');
    expect(eventIdOf('mongo', 'a@b.c', 7)).toBe('mongo:a@b.c:7');
    expect(fieldsOf(EVENT)).toEqual({ email: 'ada@example.org' });
    expect(fieldsOf({ ...EVENT, payload: null })).toEqual({});
    const { eventId: _id, op: _op, ...change } = EVENT;
    expect(changeEvent('redis', change)).toEqual(EVENT);
    expect(changeEvent('mongo', { ...change, payload: null })).toMatchObject({
      eventId: 'mongo:ada@example.org:2048',
      op: 'delete',
    });
    expect(payloadOf({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
  });
});
