import type { KeptConflict } from '@redis-mongo-sync/sync-adapters';
import { USERS } from '@redis-mongo-sync/sync-core';
import { restorationOf } from './restoration.js';

const EMAIL = 'ada@example.org';
const LOSER = { email: EMAIL, name: 'Ada', city: 'Rome', wallet: 5, at: { $date: '2026-01-01T00:00:00Z' } };

function kept(change: Partial<KeptConflict>): KeptConflict {
  return {
    id: '1',
    at: 0,
    entity: 'users',
    key: EMAIL,
    reason: 'newer-version',
    how: 'discarded',
    winner: {
      version: 3,
      source: 'mongo',
      updatedAt: 0,
      content: { email: EMAIL, name: 'Bob', city: 'Oslo' },
    },
    loser: { version: 2, source: 'redis', updatedAt: 0, content: LOSER },
    ...change,
  };
}

describe('restorationOf', () => {
  it('is the whole profile of a version that lost as a whole, without what Mongo owns', () => {
    const { email: _email, wallet: _wallet, ...set } = LOSER;
    expect(restorationOf(USERS, kept({}))).toEqual({ kind: 'write', mode: 'replace', set, unset: [] });
  });

  it('is a removal where a delete lost, and nothing where the content was too large', () => {
    const { loser } = kept({});
    expect(restorationOf(USERS, kept({ loser: { ...loser, content: null } }))).toEqual({ kind: 'remove' });
    expect(restorationOf(USERS, kept({ loser: { ...loser, content: null, omittedBytes: 5e6 } }))).toEqual({
      kind: 'not-kept',
    });
  });

  it('is only what lost, where two versions were merged: of either side, removals included', () => {
    const fields = { merged: ['city', 'gone'], lost: ['name', 'nick'], overruled: ['city', 'gone'] };
    const merged = kept({ reason: 'merged', how: 'merged', fields });
    expect(restorationOf(USERS, merged)).toEqual({
      kind: 'write',
      mode: 'merge',
      set: { name: 'Ada', city: 'Oslo' },
      unset: ['nick', 'gone'],
    });
  });

  it('writes nothing where nothing lost', () => {
    const fields = { merged: ['city'], lost: [], overruled: [] };
    const merged = kept({ reason: 'merged', how: 'merged', fields });
    expect(restorationOf(USERS, merged)).toEqual({ kind: 'write', mode: 'merge', set: {}, unset: [] });
  });
});
