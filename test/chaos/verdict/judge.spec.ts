import { Int32, Long, type Document } from 'mongodb';
import { sentText } from '../load/http-client.js';
import type { Operation } from '../load/operation.js';
import { Told } from '../load/told.js';
import { judge } from './judge.js';
import { LossWindows } from './loss-windows.js';
import type { Standing } from './quiesce.js';
import type { Final, Finals } from './stores.js';

const KEY = 'cold1@chaos.example';

function write(
  name: string,
  kind: Operation['kind'] = 'replace',
  via: Operation['via'] = 'redis-first',
): Operation {
  return { name, via, kind, key: KEY, set: { name: 'Ada', op: name }, repeat: false, delta: 0 };
}

/** What a client was told: `name` stands with `version`. */
function tell(told: Told, operation: Operation, version: number): void {
  const text = operation.kind === 'delete' ? null : sentText({ email: KEY, ...operation.set });
  const source = operation.via === 'redis-first' ? 'redis' : 'mongo';
  told.operations.set(operation.name, operation);
  told.acknowledge({ operation, source, version, text, at: version });
}

function final(name: string, version: number): Final {
  return { version, source: 'redis', fields: { email: KEY, name: 'Ada', op: name } };
}

function standing(records: Finals, redis = records): Standing {
  return { mongo: { records, documents: new Map(), unusable: new Set() }, redis, listed: new Set() };
}

function verdict(told: Told, final: Final | undefined, windows = new LossWindows(), redis = final) {
  const finals = (one: Final | undefined): Finals => new Map(one ? [[KEY, one]] : []);
  const { lost, different, duplicated, resurrected, lostInWindow } = judge(
    told,
    windows,
    standing(finals(final), finals(redis)),
  );
  const counts = [lost, different, duplicated, resurrected].map(({ length }) => length);
  return { counts, lostInWindow };
}

describe('the verdict (lost, different, duplicated, resurrected)', () => {
  it('finds nothing when the newest write stands', () => {
    const told = new Told();
    tell(told, write('w1'), 1);
    tell(told, write('w2'), 2);
    expect(verdict(told, final('w2', 2)).counts).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['stands below it', final('w1', 1)],
    ['has vanished', undefined],
  ])('calls a write lost when the record %s', (_, final) => {
    const told = new Told();
    tell(told, write('w1'), 1);
    tell(told, write('w2'), 2);
    expect(verdict(told, final).counts[0]).toBeGreaterThan(0);
  });

  it('calls a write lost when the record stands at its version with other content', () => {
    const told = new Told();
    tell(told, write('w2'), 2);
    expect(verdict(told, { ...final('w2', 2), fields: { email: KEY, op: 'w2' } }).counts[0]).toBeGreaterThan(
      0,
    );
  });

  it('sees that the stores differ', () => {
    const told = new Told();
    tell(told, write('w1'), 1);
    expect(verdict(told, final('w1', 1), new LossWindows(), final('w1', 3)).counts[1]).toBe(1);
  });

  it('calls an effect duplicated when an older write stands again above a newer one', () => {
    const told = new Told();
    tell(told, write('w1'), 1);
    tell(told, write('w2'), 2);
    expect(verdict(told, final('w1', 5)).counts).toEqual([0, 0, 1, 0]);
  });

  it('calls a record resurrected when it lives although the newest write is a delete', () => {
    const told = new Told();
    tell(told, write('w1'), 1);
    tell(told, write('w2', 'delete'), 2);
    expect(verdict(told, final('w1', 5)).counts).toEqual([0, 0, 0, 1]);
  });

  it('lets a write without an answer stand, but not half of it', () => {
    const told = new Told();
    tell(told, write('w1'), 1);
    const doubtful = write('w2');
    told.operations.set('w2', doubtful);
    told.doubt(doubtful);
    expect(verdict(told, final('w2', 5)).counts).toEqual([0, 0, 0, 0]);
    expect(verdict(told, { ...final('w2', 5), fields: { op: 'w2' } }).counts[0]).toBe(1);
  });

  it('excuses what an outsider removed altogether, but no write that was sent after that', () => {
    const key = 'mixed1@chaos.example';
    const removal = { ...write('x', 'delete', 'outsider'), key };
    const sent = (name: string, at: number) => {
      const told = new Told();
      told.begin(removal, 5);
      told.ended.set('x', 6);
      told.begin({ ...write(name), key }, at);
      tell(told, { ...write(name), key }, at);
      return told;
    };
    expect(verdict(sent('w1', 4), undefined).counts).toEqual([0, 0, 0, 0]);
    expect(verdict(sent('w2', 7), undefined).counts[0]).toBe(1);
  });

  it('lets an outsider write over a version without moving it, but not over one that was sent later', () => {
    const key = 'mixed1@chaos.example';
    const over = (from: number) => {
      const told = new Told();
      const outsiders = { ...write('x', 'merge', 'outsider'), key };
      told.begin(outsiders, from);
      told.ended.set('x', from + 1);
      told.begin({ ...write('w1', 'replace', 'mongo-first'), key }, 5);
      tell(told, { ...write('w1', 'replace', 'mongo-first'), key }, 7);
      const final: Final = { version: 7, source: 'mongo', fields: { email: key, name: 'Eve', op: 'x' } };
      return judge(told, new LossWindows(), standing(new Map([[key, final]])));
    };
    expect(over(6).lost).toEqual([]);
    expect(over(2).lost).toHaveLength(1);
  });

  it('counts what FLUSHALL may lose apart: exactly what was in flight to Mongo', () => {
    const told = new Told();
    tell(told, write('w1'), 1);
    tell(told, write('w2'), 2);
    const flushed = new LossWindows();
    flushed.flushed(3, { [`users:${KEY}`]: '2 0' });
    expect(verdict(told, undefined, flushed)).toEqual({
      counts: [0, 0, 0, 0],
      lostInWindow: { FLUSHALL: 2, failover: 0 },
    });
    const settled = new LossWindows();
    settled.flushed(3, { [`users:${KEY}`]: '1 0' });
    expect(verdict(told, undefined, settled).counts[0]).toBe(1);
  });

  it('sees a value of an outsider that is not what it was, type included', () => {
    const told = new Told();
    told.typed.set(KEY, { email: KEY, n: Long.fromNumber(5), op: 'x' });
    const altered = (document: Document | undefined) =>
      judge(told, new LossWindows(), {
        ...standing(new Map()),
        mongo: {
          records: new Map(),
          documents: new Map(document ? [[KEY, document]] : []),
          unusable: new Set(),
        },
      }).altered;
    expect(altered({ email: KEY, n: Long.fromNumber(5), op: 'w1', touched: 1 })).toEqual([]);
    expect(altered({ email: KEY, n: new Int32(5) })).toHaveLength(1);
    expect(altered({ email: KEY })).toHaveLength(1);
    expect(altered(undefined)).toHaveLength(1);
  });

  it('holds the list of what is not synced to the documents', () => {
    const { mongo, redis } = standing(new Map());
    const unlisted = (ids: string[], listed: string[]) =>
      judge(new Told(), new LossWindows(), {
        mongo: { ...mongo, unusable: new Set(ids) },
        redis,
        listed: new Set(listed),
      }).unlisted;
    expect(unlisted(['1'], ['1'])).toEqual([]);
    expect(unlisted(['1'], [])).toHaveLength(1);
    expect(unlisted([], ['1'])).toHaveLength(1);
  });

  it('does not judge what leaves no trace on a server without pre-images', () => {
    const swapped = 'swap1@chaos.example';
    const stores = standing(
      new Map(),
      new Map([[swapped, { ...final('x', 1), fields: { email: swapped } }]]),
    );
    expect(judge(new Told(), new LossWindows(), stores, true).different).toHaveLength(1);
    expect(judge(new Told(), new LossWindows(), stores, false).different).toEqual([]);
  });
});
