import {
  fieldRole,
  projectionKey,
  sharedFields,
  SYSTEM_FIELDS,
  visibleFields,
  type EntityDefinition,
} from './entity.js';
import { USERS } from './users.js';

const PROJECTED: EntityDefinition = { ...USERS, projection: ['name', 'wallet', 'passwordHash'] };

describe('who owns a field', () => {
  it.each([
    ...SYSTEM_FIELDS.map((field) => [field, 'system'] as const),
    ['email', 'shared'] as const,
    ['name', 'shared'] as const,
    ['anything', 'shared'] as const,
    ...['version', 'source', 'updatedAt', 'deleted', 'purgeAt'].map((field) => [field, 'shared'] as const),
    ['wallet', 'owned'] as const,
    ['passwordHash', 'hidden'] as const,
    ['refreshTokens', 'hidden'] as const,
    ['authLogs', 'hidden'] as const,
    ['verificationCode', 'hidden'] as const,
    ['twoFA', 'hidden'] as const,
  ])('%s is %s', (field, role) => {
    expect(fieldRole(USERS, field)).toBe(role);
  });

  it.each([
    ['email', 'shared'],
    ['name', 'shared'],
    ['wallet', 'owned'],
    ['passwordHash', 'hidden'],
    ['anything', 'hidden'],
    ['version', 'hidden'],
    ['_sync', 'system'],
  ])('with a projection %s is %s', (field, role) => {
    expect(fieldRole(PROJECTED, field)).toBe(role);
  });

  it('says that a secret is hidden even where it is listed as owned', () => {
    expect(fieldRole({ ...USERS, ownedFields: ['twoFA'] }, 'twoFA')).toBe('hidden');
  });

  const FIELDS = { email: 'a@b.c', name: 'Ada', wallet: 1, twoFA: 'x', _sync: { version: 7 }, extra: [] };

  it('shows shared and owned fields', () => {
    expect(visibleFields(USERS, FIELDS)).toEqual({ email: 'a@b.c', name: 'Ada', wallet: 1, extra: [] });
    expect(visibleFields(PROJECTED, FIELDS)).toEqual({ email: 'a@b.c', name: 'Ada', wallet: 1 });
  });

  it('lets clients write shared ones only', () => {
    expect(sharedFields(USERS, FIELDS)).toEqual({ email: 'a@b.c', name: 'Ada', extra: [] });
  });
});

describe('projectionKey', () => {
  it('puts the record key in as it is', () => {
    expect(projectionKey(USERS, 'a@b.c')).toBe('user:a@b.c');
    expect(projectionKey(USERS, "$&$'{key}")).toBe("user:$&$'{key}");
  });
});

describe('the users', () => {
  it('are keyed by their e-mail', () => {
    const { name, collection, keyField, cacheKeyTemplate, requiredOnCreate, normalizeKey } = USERS;
    expect({ name, collection, keyField, cacheKeyTemplate, requiredOnCreate }).toEqual({
      name: 'users',
      collection: 'users',
      keyField: 'email',
      cacheKeyTemplate: 'user:{id}',
      requiredOnCreate: ['name'],
    });
    expect(normalizeKey(' A@B.c ')).toBe('a@b.c');
  });
});
