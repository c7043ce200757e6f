import { describe, expect, it } from '@jest/globals';
import { HttpProblem } from '@redis-mongo-sync/service-kit';
import { InvalidKeyError, StoreUnavailableError, USERS } from '@redis-mongo-sync/sync-core';
import { fieldsRequired, preconditionFailed, recordNotFound, recordProblem } from './record-problems.js';

const deleted = { state: 'deleted', stamp: { version: 5, source: 'mongo' } } as const;
const wallets = { ...USERS, name: 'wallets', keyField: 'iban', requiredOnCreate: ['owner', 'currency'] };

describe('problems of records', () => {
  it.each([
    [new InvalidKeyError('no e-mail'), HttpProblem.InvalidEmail],
    [new StoreUnavailableError('redis', 'down'), HttpProblem.StoreUnavailable],
    [new Error('boom'), undefined],
    [undefined, undefined],
  ])('%s becomes %s', (error, problem) => {
    expect(recordProblem(error)?.problem).toBe(problem);
  });

  it('tell which store is down, and when to try again', () => {
    const { details } = recordProblem(new StoreUnavailableError('mongo', 'down')) ?? {};
    expect(details).toMatchObject({ headers: { 'retry-after': '1' }, extensions: { store: 'mongo' } });
  });

  it('have codes of their own for users only', () => {
    expect(recordNotFound(USERS, deleted)).toMatchObject({
      problem: HttpProblem.UserNotFound,
      details: { headers: { 'sync-position': '5' }, extensions: { version: 5 } },
    });
    expect(recordNotFound(wallets, deleted).problem).toBe(HttpProblem.NotFound);
  });

  it('name the present version', () => {
    const live = { state: 'live', record: { key: 'a', version: 7, source: 'redis', fields: {} } } as const;
    expect(preconditionFailed(live).details).toMatchObject({
      headers: { etag: '"7"' },
      extensions: { version: 7 },
    });
    expect(preconditionFailed(deleted).details).toMatchObject({ extensions: { version: 0 } });
  });

  it('name every field that a new record needs', () => {
    expect(fieldsRequired(wallets).details.errors).toEqual([
      { in: 'body', field: '/owner', message: 'is required: there is no record with this iban yet' },
      { in: 'body', field: '/currency', message: 'is required: there is no record with this iban yet' },
    ]);
  });
});
