import * as fc from 'fast-check';
import { changeEvent, payloadOf } from '../domain/change-event.js';
import { CONFLICT_POLICIES, type ConflictPolicy, type EntityDefinition } from '../domain/entity.js';
import type { MongoImage } from '../domain/mongo-image.js';
import { USERS } from '../domain/users.js';
import type { ApplyAttempt } from '../ports/apply-targets.js';
import { obstacleTo } from './obstacle.js';
import { resolveConflict } from './resolve-conflict.js';

const SEED = Number(process.env.CORE_SEED ?? 20_261_127);
const KEY = 'ada@example.org';
const entityOf = (conflict: ConflictPolicy): EntityDefinition => ({ ...USERS, conflict });

/** A Redis write at 20 that had seen Mongo up to 5. */
function attempt(name: string | null = 'R', version = 20): ApplyAttempt {
  const payload = name === null ? null : payloadOf({ email: KEY, name });
  const seen = { base: 5, changed: ['name'] };
  const event = changeEvent('redis', {
    entity: 'users',
    key: KEY,
    source: 'redis',
    version,
    payload,
    ...seen,
  });
  return { entryId: '1-0', event };
}

function image(version: number, more: Partial<MongoImage> = {}): MongoImage {
  const fields = { email: KEY, name: 'M' };
  return { id: '"1"', key: KEY, version, source: 'mongo', deleted: false, fields, ...more };
}

const resolve = (policy: ConflictPolicy, current: MongoImage, one = attempt()) => {
  const decision = (current.version ?? 0) >= one.event.version ? 'stale' : 'concurrent';
  return resolveConflict(entityOf(policy), one, { decision, current });
};

describe('what follows when a Redis write meets what its writer had not seen', () => {
  it.each<[ConflictPolicy, string, MongoImage, object]>([
    [
      'last-write-wins',
      'an older version',
      image(10),
      {
        kind: 'write',
        conflict: { reason: 'newer-version', how: 'overwritten' },
        attempt: { over: 10, event: { version: 20, source: 'redis' } },
      },
    ],
    [
      'last-write-wins',
      'a newer version',
      image(30),
      { kind: 'drop', conflict: { reason: 'newer-version', how: 'discarded' } },
    ],
    [
      'last-write-wins',
      'the same version',
      image(20),
      { kind: 'drop', conflict: { reason: 'mongo-preferred-at-equal-version' } },
    ],
    [
      'last-write-wins',
      'a later Redis write',
      image(30, { source: 'redis' }),
      { kind: 'drop', conflict: { reason: 'overtaken' } },
    ],
    ['prefer-mongo', 'an older version', image(10), { kind: 'stamp' }],
    [
      'prefer-mongo',
      'a newer version',
      image(30),
      { kind: 'drop', conflict: { reason: 'preferred-side', how: 'discarded' } },
    ],
    [
      'prefer-mongo',
      'an older Redis write',
      image(10, { source: 'redis' }),
      { kind: 'write', conflict: { reason: 'newer-version' } },
    ],
    [
      'prefer-redis',
      'an older version',
      image(10),
      { kind: 'write', attempt: { over: 10, event: { version: 20, source: 'redis' } } },
    ],
    [
      'prefer-redis',
      'a newer version',
      image(30),
      {
        kind: 'write',
        conflict: { reason: 'preferred-side', how: 'overwritten' },
        attempt: { over: 30, event: { version: 31, source: 'mongo' } },
      },
    ],
    [
      'prefer-redis',
      'a later Redis write',
      image(30, { source: 'redis' }),
      { kind: 'drop', conflict: { reason: 'overtaken' } },
    ],
    [
      'merge-fields',
      'an older version',
      image(10),
      {
        kind: 'write',
        conflict: { reason: 'merged', how: 'merged' },
        attempt: {
          over: 10,
          merge: { made: 20, claimed: 5, known: 5 },
          event: { version: 21, source: 'mongo', changed: ['name'] },
        },
      },
    ],
    [
      'merge-fields',
      'a newer version',
      image(30),
      { kind: 'write', attempt: { over: 30, event: { version: 31, source: 'mongo' } } },
    ],
    [
      'merge-fields',
      'a tombstone',
      image(30, { id: null, deleted: true, fields: {} }),
      { kind: 'drop', conflict: { reason: 'newer-version' } },
    ],
  ])('%s: %s', (policy, _what, current, expected) => {
    expect(resolve(policy, current)).toMatchObject(expected);
  });

  it('what is written over the whole of a version does not say any more what it changed', () => {
    for (const policy of ['last-write-wins', 'prefer-redis'] as const) {
      const resolution = resolve(policy, image(10));
      expect(resolution.kind === 'write' && resolution.attempt.event).not.toHaveProperty('changed');
    }
  });

  it('I22: a merge is written even where Mongo’s fields all stand, so that it is known again', () => {
    const current = image(30, { fieldVersions: { of: { name: 30 }, all: 0 } });
    const resolution = resolve('merge-fields', current);
    expect(resolution).toMatchObject({
      kind: 'write',
      conflict: { how: 'discarded', fields: { lost: ['name'] } },
      attempt: { event: { changed: [] } },
    });
    const merged = { at: 31, made: 20, claimed: 5, known: 5 };
    const after = image(31, { fieldVersions: { of: { name: 30 }, all: 0, merged } });
    expect(resolve('merge-fields', after)).toEqual({ kind: 'in-place' });
    expect(resolve('merge-fields', after, attempt('R0', 15))).toMatchObject({
      kind: 'drop',
      conflict: { reason: 'overtaken' },
    });
  });

  it('I22: where both sides say the same nothing is lost, and nothing kept', () => {
    const resolution = resolve('merge-fields', image(10), attempt('M'));
    expect(resolution).toMatchObject({ kind: 'write', conflict: null });
  });

  it(`I23: what is written is above both, and what is dropped is below what stands (seed ${SEED})`, () => {
    const images = fc.record({
      version: fc.integer({ min: 6, max: 40 }),
      source: fc.constantFrom('mongo' as const, 'redis' as const),
      deleted: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...CONFLICT_POLICIES),
        images,
        fc.constantFrom('R', 'M', null),
        (policy, stored, name) => {
          const current = image(stored.version, {
            ...stored,
            ...(stored.deleted ? { id: null, fields: {} } : {}),
          });
          const one = attempt(name);
          const met = obstacleTo(one.event, current);
          if (met?.decision !== 'stale' && met?.decision !== 'concurrent') return;
          const resolution = resolveConflict(entityOf(policy), one, met);
          if (resolution.kind === 'write') {
            expect(resolution.attempt.over).toBe(stored.version);
            expect(resolution.attempt.event.version).toBeGreaterThan(stored.version);
            expect(resolution.attempt.event.version).toBeGreaterThanOrEqual(one.event.version);
          }
          if (resolution.kind === 'drop' || resolution.kind === 'in-place')
            expect(stored.version).toBeGreaterThanOrEqual(one.event.version);
        },
      ),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
