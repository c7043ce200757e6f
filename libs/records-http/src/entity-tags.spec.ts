import { describe, expect, it } from '@jest/globals';
import type { RecordState } from '@redis-mongo-sync/sync-core';
import { ProblemError, readRequest } from '@redis-mongo-sync/service-kit';
import { ReadConditions } from './condition-headers.js';
import { entityTag, evaluateForRead, headersOf } from './entity-tags.js';

const live = (version: number): RecordState => ({
  state: 'live',
  record: { key: 'a', version, source: 'mongo', fields: {} },
});
const deleted: RecordState = { state: 'deleted', stamp: { version: 5, source: 'mongo' } };
const absent: RecordState = { state: 'absent' };

function conditionsOf(headers: Record<string, string>): ReadConditions {
  const given = Object.entries({ ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });
  return readRequest(
    ReadConditions,
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    'header',
  );
}

const reading = (headers: Record<string, string>, state: RecordState) =>
  evaluateForRead(conditionsOf(headers), state);

describe('conditional headers', () => {
  it.each([
    ['*', '*'],
    ['"5"', [{ weak: false, version: 5 }]],
    [' W/"5" ', [{ weak: true, version: 5 }]],
    ['"5","6" , W/"7"', [5, 6, 7].map((version) => ({ weak: version === 7, version }))],
    ['"5",, ', [{ weak: false, version: 5 }]],
    ['"a,b"', [{ weak: false, version: null }]],
    ['"05", ""', [null, null].map((version) => ({ weak: false, version }))],
  ])('reads %s', (header, expected) => {
    expect(conditionsOf({ 'if-match': header }).ifMatch).toEqual(expected);
  });

  it.each(['', '5', '"5', 'w/"5"', '"5" "6"', '*, "5"', `"${'5'.repeat(3000)}"`])('refuses %s', (header) => {
    expect(() => conditionsOf({ 'if-none-match': header })).toThrow(ProblemError);
  });

  it('says the same to a service behind', () => {
    const headers = { 'if-match': '"5", W/"6", "x"', 'if-none-match': '*' };
    const passedOn = headersOf(conditionsOf(headers));
    expect(passedOn).toEqual({ 'if-match': '"5", W/"6", "foreign"', 'if-none-match': '*' });
    expect(conditionsOf(passedOn)).toEqual(conditionsOf(headers));
    expect(headersOf({})).toEqual({});
  });

  it.each([
    [{ 'if-match': entityTag(5) }, live(5), 'holds'],
    [{ 'if-match': 'W/"5"' }, live(5), 'failed'],
    [{ 'if-match': '"4", "5"' }, live(5), 'holds'],
    [{ 'if-match': '"5"' }, live(6), 'failed'],
    [{ 'if-match': '"5"' }, deleted, 'failed'],
    [{ 'if-match': '*' }, live(1), 'holds'],
    [{ 'if-match': '*' }, absent, 'failed'],
    [{ 'if-none-match': '"5"' }, live(5), 'not-modified'],
    [{ 'if-none-match': 'W/"5"' }, live(5), 'not-modified'],
    [{ 'if-none-match': '*' }, live(5), 'not-modified'],
    [{ 'if-none-match': '*' }, deleted, 'holds'],
    [{ 'if-none-match': '"4"' }, live(5), 'holds'],
    [{}, absent, 'holds'],
  ] as const)('reading with %j', (headers, state, outcome) => {
    expect(reading({ ...headers }, state)).toBe(outcome);
  });
});
