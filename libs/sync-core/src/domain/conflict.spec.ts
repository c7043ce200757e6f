import type { ChangeEvent } from './change-event.js';
import { conflictIdOf, CONFLICT_REASONS, sideOfEvent, sideOfImage } from './conflict.js';
import { USERS } from './users.js';

const EVENT: ChangeEvent = {
  eventId: 'redis:a@b.c:2048',
  entity: 'users',
  key: 'a@b.c',
  op: 'upsert',
  source: 'redis',
  version: 2_048,
  payload: '{"email":"a@b.c","name":"Ada","twoFA":"x","wallet":1}',
};

describe('the sides of a conflict', () => {
  it('of an event: what it would have written, without secrets', () => {
    const side = { version: 2_048, source: 'redis', updatedAt: 2 };
    expect(sideOfEvent(USERS, EVENT)).toEqual({
      ...side,
      content: { email: 'a@b.c', name: 'Ada', wallet: 1 },
    });
    expect(sideOfEvent(USERS, { ...EVENT, op: 'delete', payload: null })).toEqual({ ...side, content: null });
  });

  it('of what Mongo holds', () => {
    const image = {
      version: 1_024,
      source: 'mongo',
      deleted: false,
      fields: { name: 'Ada', twoFA: 'x' },
    } as const;
    expect(sideOfImage(USERS, image)).toEqual({
      version: 1_024,
      source: 'mongo',
      updatedAt: 1,
      content: { name: 'Ada' },
    });
    expect(sideOfImage(USERS, { ...image, deleted: true }).content).toBeNull();
    expect(sideOfImage(USERS, { ...image, version: null })).toMatchObject({ version: null, updatedAt: null });
  });

  it('is identified by the version that lost', () => {
    const id = conflictIdOf({ entity: 'users', key: 'a@b.c', loser: { version: 7, source: 'redis' } });
    expect(id).toBe('users:a@b.c:7:redis');
  });

  it('I22: of a merge is another one with each version that it is tried with', () => {
    const conflict = { entity: 'users', key: 'a@b.c', loser: { version: 7, source: 'redis' } } as const;
    const fields = { merged: ['name'], lost: [], overruled: [] };
    const met = (version: number) =>
      conflictIdOf({ ...conflict, fields, winner: { version, source: 'mongo' } });
    expect(met(8)).toBe('users:a@b.c:7:redis:8:mongo');
    expect(met(9)).not.toBe(met(8));
    expect(conflictIdOf({ ...conflict, winner: { version: 8, source: 'mongo' } })).toBe(
      'users:a@b.c:7:redis',
    );
  });

  it('has one of six reasons', () => {
    expect(CONFLICT_REASONS).toEqual([
      'newer-version',
      'mongo-preferred-at-equal-version',
      'merged',
      'preferred-side',
      'unstamped-write-in-mongo',
      'overtaken',
    ]);
  });
});
