import { describeWith, postgresUnavailableReason, startPrivatePostgres } from '@redis-mongo-sync/dev-servers';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '@redis-mongo-sync/testing';
import type { AuditLog } from '../src/audit-log.js';
import type { StoredEntry, StorePage } from '../src/audit-store.js';
import { MemoryAuditStore } from '../src/memory/memory-audit-store.js';
import { ndjsonStream, writeNdjson } from '../src/ndjson.js';
import { openAuditLog } from '../src/open-audit-log.js';
import { StoredAuditLog } from '../src/stored-audit-log.js';
import { sampleEntries } from '../src/testing/sample-entries.js';

class CountingStore extends MemoryAuditStore {
  pages = 0;
  override page(page: StorePage): Promise<readonly StoredEntry[]> {
    this.pages += 1;
    return super.page(page);
  }
}

async function fill(log: AuditLog, count: number): Promise<void> {
  for (let first = 1; first <= count; first += 1000) await log.append(sampleEntries(1000, first));
}

describe('NDJSON', () => {
  it('is one JSON object a line, and reads back', async () => {
    const log = new StoredAuditLog(new MemoryAuditStore());
    await fill(log, 1000);
    let text = '';
    for await (const chunk of ndjsonStream(log.export())) text += String(chunk);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    expect(JSON.parse(lines[499] ?? '')).toMatchObject({
      sequence: 500,
      eventId: 'event-500',
      data: { n: 500 },
    });
  });

  it('reads from the store only as fast as it is read', async () => {
    const store = new CountingStore();
    const log = new StoredAuditLog(store);
    await fill(log, 20_000); // 40 pages
    let release: () => void = () => undefined;
    const blocked = new Writable({ write: (_chunk, _encoding, done) => void (release = done) });
    const abort = new AbortController();
    const writing = writeNdjson(log.export(), blocked, abort.signal);
    await eventually(() => expect(store.pages).toBeGreaterThan(0));
    const settled = await settledCount(() => store.pages);
    expect(settled).toBeLessThan(5);
    release();
    expect(await settledCount(() => store.pages)).toBeLessThan(settled + 3);
    abort.abort(new Error('the client left'));
    await expect(writing).rejects.toThrow();
    expect(await settledCount(() => store.pages)).toBeLessThan(settled + 3);
  });

  it('ends with the failure of the store', async () => {
    const store = new CountingStore();
    const log = new StoredAuditLog(store);
    await fill(log, 1000);
    store.page = () => Promise.reject(new Error('the disk is gone'));
    const [error] = (await once(ndjsonStream(log.export()).resume(), 'error')) as [Error];
    expect(error.message).toBe('the disk is gone');
  });
});

/** The value once it has stopped changing for some turns of the event loop. */
async function settledCount(read: () => number): Promise<number> {
  for (let value = read(), calm = 0; ;) {
    await new Promise((resolve) => setImmediate(resolve));
    calm = read() === value ? calm + 1 : 0;
    value = read();
    if (calm === 200) return value;
  }
}

describeWith(describe, await postgresUnavailableReason())(
  'an export of 100,000 entries from PostgreSQL',
  () => {
    it('needs no more memory at the end than at the beginning', async () => {
      setFlagsFromString('--expose-gc');
      const collectGarbage = runInNewContext('gc') as () => void;
      const server = await startPrivatePostgres();
      const log = openAuditLog({ store: 'postgres', url: server.url });
      try {
        await log.prepare();
        await fill(log, 100_000);
        const heap: number[] = [];
        let entries = 0;
        for await (const { sequence } of log.export()) {
          entries += 1;
          if (sequence % 10_000 !== 0) continue;
          collectGarbage();
          heap.push(process.memoryUsage().heapUsed);
        }
        expect(entries).toBe(100_000);
        const [atTenPercent = 0] = heap;
        const growth = ((heap.at(-1) ?? 0) - atTenPercent) / 1_048_576;
        expect(growth).toBeLessThan(8); // what was read would be well over 50 MB
      } finally {
        await log.close();
        await server.stop();
      }
    }, 120_000);
  },
);
