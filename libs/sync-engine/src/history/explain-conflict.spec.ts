import type { Conflict } from '@redis-mongo-sync/sync-core';
import { explainConflict } from './explain-conflict.js';

const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);
const side = (source: 'mongo' | 'redis', time: string, low = 0) => ({
  version: at(time) * 1024 + low,
  source,
  updatedAt: at(time),
  content: { email: 'ada@example.org' },
});
const conflict = (change: Partial<Conflict>): Conflict => ({
  entity: 'users',
  key: 'ada@example.org',
  reason: 'newer-version',
  how: 'discarded',
  winner: side('mongo', '12:00:00.130'),
  loser: side('redis', '12:00:00.123'),
  ...change,
});

describe('what a conflict is explained with', () => {
  it('a write that came too late', () => {
    expect(explainConflict(conflict({}))).toBe(
      'The Redis-first write of 2026-11-21T12:00:00.123Z lost to the Mongo-first write of 2026-11-21T12:00:00.130Z, ' +
        'which MongoDB held already when it arrived: higher version wins; both were made without knowing of each other.',
    );
  });

  it('a write that was overwritten', () => {
    const sides = { winner: side('redis', '12:00:00.130'), loser: side('mongo', '12:00:00.123') };
    expect(explainConflict(conflict({ how: 'overwritten', ...sides }))).toMatch(
      /^The Mongo-first write of \S+ lost to the Redis-first write of \S+, which overwrote it in MongoDB:/,
    );
  });

  it('a tie, by its version', () => {
    const tie = conflict({
      reason: 'mongo-preferred-at-equal-version',
      winner: side('mongo', '12:00:00.123'),
    });
    expect(explainConflict(tie)).toContain(`both have version ${tie.loser.version}`);
  });

  it('a write without a version', () => {
    const winner = { version: null, source: 'mongo', updatedAt: null, content: {} } as const;
    expect(explainConflict(conflict({ reason: 'unstamped-write-in-mongo', winner }))).toContain(
      'lost to the write in MongoDB without a version, made by somebody who knows nothing of versions',
    );
  });

  it('deletes as deletes, and a content that was too large as a write', () => {
    const deleted = { ...side('redis', '12:00:00.123'), content: null };
    expect(explainConflict(conflict({ loser: deleted }))).toMatch(/^The Redis-first delete of/);
    const large = { ...deleted, omittedBytes: 5_000_000 };
    expect(explainConflict(conflict({ loser: large }))).toMatch(/^The Redis-first write of/);
  });

  it('two writes of one store within a millisecond, by their versions', () => {
    const winner = side('redis', '12:00:00.123', 1);
    const text = explainConflict(conflict({ reason: 'overtaken', winner }));
    expect(text).toContain(`(version ${winner.version}) had overtaken it`);
  });

  it('a merge, field by field', () => {
    const fields = { merged: ['city', 'age'], lost: ['name'], overruled: ['age'] };
    const text = explainConflict(conflict({ reason: 'merged', how: 'merged', fields }));
    expect(text).toMatch(
      /^The Redis-first write of \S+ and the Mongo-first write of \S+ were merged, field by field; both were made without/,
    );
    expect(text).toContain('Taken from the Redis-first write: `city`.');
    expect(text).toContain('the Redis-first change is newer: `age`.');
    expect(text).toContain("MongoDB's change is newer: `name`.");
    const harmless = { merged: ['city'], lost: [], overruled: [] };
    const all = explainConflict(conflict({ reason: 'merged', how: 'merged', fields: harmless }));
    expect(all).toMatch(/write: `city`\. Nothing was lost\.$/);
  });

  it('a merge of very many fields, in a line', () => {
    const lost = Array.from({ length: 900 }, (_, n) => `field${n}`);
    const fields = { merged: [], lost, overruled: [] };
    const text = explainConflict(conflict({ reason: 'merged', how: 'discarded', fields }));
    expect(text).toContain('`field19` and 880 more.');
  });

  it('a side that is preferred', () => {
    expect(explainConflict(conflict({ reason: 'preferred-side' }))).toContain(
      'the one from MongoDB stands, whichever is newer',
    );
  });
});
