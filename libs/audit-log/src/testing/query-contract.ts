import { expect, it } from '@jest/globals';
import type { AuditLog, AuditQuery } from '../audit-log.js';
import { AuditInputError } from '../errors.js';
import type { ContractContext } from './audit-log-contract.js';
import { occurredAtOf, sampleEntries } from './sample-entries.js';

const sequences = async (log: AuditLog, query: AuditQuery) =>
  (await log.query(query)).entries.map(({ sequence }) => sequence);

/** 40 entries: 1–20 in `user:events`, 21–40 in `task:queue` about tasks. */
async function filled(log: AuditLog): Promise<AuditLog> {
  await log.append([
    ...sampleEntries(20),
    ...sampleEntries(20, 21, { stream: 'task:queue', type: 'task.created', entity: 'task' }),
  ]);
  return log;
}

export function queryContract({ open }: ContractContext): void {
  it('finds by every condition, and by all together', async () => {
    const log = await filled(await open());
    expect(await sequences(log, { stream: 'task:queue', order: 'asc', limit: 2 })).toEqual([21, 22]);
    expect(await sequences(log, { type: 'user.updated', limit: 3 })).toEqual([20, 18, 16]);
    expect(await sequences(log, { entityId: 'user-3' })).toEqual([33, 23, 13, 3]);
    expect(await sequences(log, { entity: 'task', entityId: 'user-3' })).toEqual([33, 23]);
    const [from, to] = [occurredAtOf(12), new Date(occurredAtOf(23)).toISOString()];
    expect(await sequences(log, { entityId: 'user-3', from })).toEqual([33, 23, 13]);
    expect(await sequences(log, { from, to, order: 'asc' })).toEqual([
      12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    ]);
    const together = {
      stream: 'task:queue',
      type: 'task.created',
      entity: 'task',
      entityId: 'user-3',
      to,
    } as const;
    expect(await sequences(log, together)).toEqual([]);
    expect(await sequences(log, { ...together, to: occurredAtOf(24) })).toEqual([23]);
  });

  it.each(['asc', 'desc'] as const)(
    'pages through everything once, %s, while the log grows',
    async (order) => {
      const log = await filled(await open());
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await log.query({ order, limit: 7, stream: 'user:events', ...(cursor && { cursor }) });
        seen.push(...page.entries.map(({ sequence }) => sequence));
        cursor = page.nextCursor;
        if (seen.length === 7) await log.append(sampleEntries(3, 100));
      } while (cursor);
      const first20 = Array.from({ length: 20 }, (_, index) => index + 1);
      expect(seen).toEqual(order === 'desc' ? first20.reverse() : [...first20, 41, 42, 43]);
    },
  );

  it('gives no cursor when the last page is full', async () => {
    const log = await filled(await open());
    expect((await log.query({ limit: 40 })).nextCursor).toBeUndefined();
    expect((await log.query({ limit: 39 })).nextCursor).toBeDefined();
  });

  it('takes conditions literally', async () => {
    const log = await filled(await open());
    for (const type of ["' or 1=1 --", '.*', '$ne', '%', 'user%'])
      expect(await sequences(log, { type })).toEqual([]);
    const operator = { type: { $ne: null } } as unknown as AuditQuery;
    await expect(log.query(operator)).rejects.toBeInstanceOf(AuditInputError);
  });

  it('refuses wrong limits, orders, times, and cursors of another query', async () => {
    const log = await filled(await open());
    const { nextCursor: cursor = '' } = await log.query({ limit: 1, stream: 'user:events' });
    const wrong: unknown[] = [
      { limit: 0 },
      { limit: 501 },
      { limit: 1.5 },
      { order: 'up' },
      { from: 'soon' },
      { to: -1 },
      { cursor },
      { cursor, stream: 'user:events', order: 'asc' },
      { cursor: `${cursor}A`, stream: 'user:events' },
      { cursor: 'nonsense', stream: 'user:events' },
      { cursor: 7 },
    ];
    for (const query of wrong)
      await expect(log.query(query as AuditQuery)).rejects.toBeInstanceOf(AuditInputError);
    expect(await sequences(log, { cursor, stream: 'user:events', limit: 1 })).toEqual([19]);
  });

  it('counts per stream and type', async () => {
    const log = await open();
    expect(await log.stats()).toEqual({ total: 0, counts: [] });
    await filled(log);
    const stats = await log.stats();
    expect(stats).toMatchObject({ total: 40, first: { sequence: 1 }, last: { sequence: 40 } });
    expect(stats.counts).toEqual([
      { stream: 'task:queue', type: 'task.created', count: 20 },
      { stream: 'user:events', type: 'user.created', count: 10 },
      { stream: 'user:events', type: 'user.updated', count: 10 },
    ]);
  });

  it('exports what matches, in both orders, over several pages, up to the head it began with', async () => {
    const log = await open();
    await log.append(sampleEntries(1000));
    await log.append(sampleEntries(250, 1001));
    for (const order of ['asc', 'desc'] as const) {
      const seen: number[] = [];
      for await (const { sequence } of log.export({ type: 'user.updated', order })) {
        if (seen.length === 0) await log.append(sampleEntries(10, order === 'asc' ? 2001 : 3001));
        if (sequence <= 1250) seen.push(sequence);
      }
      const even = Array.from({ length: 625 }, (_, index) => 2 * (index + 1));
      expect(seen).toEqual(order === 'asc' ? even : even.reverse());
    }
  });

  it('ends an export when its signal aborts', async () => {
    const log = await filled(await open());
    const abort = new AbortController();
    const read = async () => {
      for await (const { sequence } of log.export({}, abort.signal)) {
        if (sequence === 5) abort.abort(new Error('enough'));
        expect(sequence).toBeLessThanOrEqual(5);
      }
    };
    await expect(read()).rejects.toThrow('enough');
  });
}
