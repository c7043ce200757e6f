import { expect, it } from '@jest/globals';
import type { AuditEntry } from '../audit-entry.js';
import type { AuditLog } from '../audit-log.js';
import { AuditInputError, AuditLogClosedError } from '../errors.js';
import type { ContractContext } from './audit-log-contract.js';
import { sampleEntries, sampleEntry } from './sample-entries.js';

const all = async (log: AuditLog) => (await log.query({ order: 'asc', limit: 500 })).entries;

export function appendContract({ open }: ContractContext): void {
  it('numbers entries in their order and gives them back as they were', async () => {
    const log = await open({ now: () => 1_800_000_000_000 });
    const outcomes = await log.append(sampleEntries(3));
    expect(outcomes).toEqual([1, 2, 3].map((sequence) => ({ outcome: 'recorded', sequence })));
    const entries = await all(log);
    expect(entries).toMatchObject(sampleEntries(3).map((entry) => ({ ...entry })));
    expect(entries.map(({ sequence, recordedAt }) => [sequence, recordedAt])).toEqual(
      [1, 2, 3].map((sequence) => [sequence, 1_800_000_000_000]),
    );
  });

  it('keeps whatever JSON has: names with $ and dots, numeric names, NUL, lone surrogates, order of names', async () => {
    const log = await open();
    const data = JSON.parse(
      '{"b":1,"a":{"$set":{"x.y":1}},"10":1,"9":2,"text":"\\u0000 \\ud800 \\u2028 💚","deep":[[[]],{}],"__proto__":{"x":1},"big":1e300}',
    ) as AuditEntry['data'];
    await log.append([sampleEntry(1, { data })]);
    expect(JSON.stringify((await all(log))[0]?.data)).toBe(JSON.stringify(data));
  });

  it('leaves out what was not given', async () => {
    const log = await open();
    const { eventId, stream, type, occurredAt, streamEntryId, data } = sampleEntry(1);
    await log.append([
      { eventId, stream, type, occurredAt: new Date(occurredAt).toISOString(), streamEntryId, data },
    ]);
    const [entry] = await all(log);
    expect(entry).not.toHaveProperty('entity');
    expect(entry).not.toHaveProperty('entityId');
    expect(entry).not.toHaveProperty('correlationId');
    expect(entry?.occurredAt).toBe(occurredAt);
  });

  it('records an event once: repeated, within a call, and with other content', async () => {
    const log = await open();
    await log.append([sampleEntry(1)]);
    const again = await log.append([
      sampleEntry(2),
      sampleEntry(1, { type: 'other' }),
      sampleEntry(2),
      sampleEntry(3),
    ]);
    expect(again).toEqual([
      { outcome: 'recorded', sequence: 2 },
      { outcome: 'duplicate', sequence: 1 },
      { outcome: 'duplicate', sequence: 2 },
      { outcome: 'recorded', sequence: 3 },
    ]);
    expect((await all(log)).map(({ eventId, type }) => [eventId, type])).toEqual([
      ['event-1', 'user.created'],
      ['event-2', 'user.updated'],
      ['event-3', 'user.created'],
    ]);
  });

  it('takes the same event id in another stream for another event', async () => {
    const log = await open();
    const outcomes = await log.append([sampleEntry(1), sampleEntry(1, { stream: 'other' })]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded']);
  });

  it('records the entries of a call in the order of their stream', async () => {
    const log = await open();
    const ids = ['9-1', '10-0', '9-0', '18446744073709551615-1', '18446744073709551614-2'];
    await log.append(ids.map((streamEntryId, n) => sampleEntry(n, { streamEntryId })));
    const recorded = (await all(log)).map(({ streamEntryId }) => streamEntryId);
    expect(recorded).toEqual(['9-0', '9-1', '10-0', '18446744073709551614-2', '18446744073709551615-1']);
  });

  it('blanks secret fields before they are stored, at any depth and in any case', async () => {
    const log = await open({ secretFields: ['password', 'Token'] });
    await log.append([sampleEntry(1, { data: { PASSWORD: 'x', list: [{ token: { a: 1 } }], kept: 1 } })]);
    expect((await all(log))[0]?.data).toEqual({
      PASSWORD: '[redacted]',
      list: [{ token: '[redacted]' }],
      kept: 1,
    });
  });

  it('refuses entries that break the rules, all faults at once, and records nothing of the call', async () => {
    const log = await open();
    const wrong = sampleEntry(2, {
      eventId: '',
      stream: 'x'.repeat(129),
      type: 'line\nbreak',
      entityId: 'lone \ud800',
      occurredAt: 'yesterday',
      streamEntryId: '*',
      data: { text: 'x'.repeat(65_536) },
    });
    const error: unknown = await log.append([sampleEntry(1), wrong]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuditInputError);
    const paths = error instanceof AuditInputError ? error.faults.map(({ path }) => path) : [];
    expect(paths).toEqual(
      ['eventId', 'stream', 'type', 'entityId', 'occurredAt', 'streamEntryId', 'data'].map(
        (field) => `[1].${field}`,
      ),
    );
    await expect(log.append(sampleEntries(1001))).rejects.toBeInstanceOf(AuditInputError);
    expect(await all(log)).toEqual([]);
  });

  it('takes the largest entries, a full call of them, and an empty call', async () => {
    const log = await open();
    const data = { text: 'x'.repeat(60_000) };
    expect(await log.append([])).toEqual([]);
    expect(await log.append(sampleEntries(300, 1, { data }))).toHaveLength(300);
    expect(await log.append(sampleEntries(1000, 301))).toHaveLength(1000);
    expect((await log.stats()).total).toBe(1300);
  });

  it('does nothing more once it is closed', async () => {
    const log = await open();
    await log.close();
    await expect(log.append([sampleEntry(1)])).rejects.toBeInstanceOf(AuditLogClosedError);
    await expect(log.query()).rejects.toBeInstanceOf(AuditLogClosedError);
    await log.close();
  });
}
