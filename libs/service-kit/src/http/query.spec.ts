import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../problems/problem-error.js';
import { ListUsersQuery, ReadUserQuery, WriteUserQuery } from '../users-http/user-queries.js';
import { NoQuery } from '../requests/request-dto.js';
import { parseQuery } from './query.js';

function errorsOf(step: () => unknown): unknown {
  try {
    step();
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.details.errors?.map(({ field }) => field);
    throw error;
  }
}

describe('parseQuery', () => {
  it('fills in the defaults', () => {
    expect(parseQuery(ListUsersQuery, {})).toEqual({ limit: 50, cursor: undefined });
    expect(parseQuery(WriteUserQuery, {})).toEqual({ waitFor: undefined, timeoutMs: 2000 });
  });

  it('reads whole numbers', () => {
    expect(parseQuery(ReadUserQuery, { after: '9007199254740991', timeoutMs: '1' })).toEqual({
      after: Number.MAX_SAFE_INTEGER,
      timeoutMs: 1,
    });
  });

  it.each(['', ' 1', '1.0', '1e3', '0x1', '-1', '0', '9007199254740992', '99999999999999999999'])(
    'refuses %j as a version',
    (after) => {
      expect(errorsOf(() => parseQuery(ReadUserQuery, { after }))).toEqual(['after']);
    },
  );

  it('refuses unknown and repeated parameters, all at once', () => {
    const query = Object.assign(Object.create(null) as Record<string, unknown>, {
      limit: ['1', '2'],
      $where: '1',
      ['__proto__']: 'x',
    });
    Object.defineProperty(query, '__proto__', { value: 'x', enumerable: true });
    expect(errorsOf(() => parseQuery(ListUsersQuery, query))).toEqual(['limit', '$where', '__proto__']);
    expect(errorsOf(() => parseQuery(NoQuery, { constructor: 'x' }))).toEqual(['constructor']);
  });
});
