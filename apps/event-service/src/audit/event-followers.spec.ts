import { MemoryAuditStore, StoredAuditLog, type AuditEntry } from '@redis-mongo-sync/audit-log';
import { PassThrough, Writable } from 'node:stream';
import { eventually } from '@redis-mongo-sync/testing';
import { EventFollowers } from './event-followers.js';

const entry = (n: number, type = 'message.sent'): AuditEntry => ({
  eventId: `e${n}`,
  stream: 'chat:messages',
  type,
  occurredAt: 1_700_000_000_000 + n,
  streamEntryId: `${1_700_000_000_000 + n}-0`,
  data: { n, padding: 'x'.repeat(1_000) },
});
const entries = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => entry(from + i));

/** The ids that a client has got, and everything else it was sent. */
class Client extends PassThrough {
  text = '';
  constructor() {
    super();
    this.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }
  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  }
}

describe('EventFollowers', () => {
  let log: StoredAuditLog;
  let followers: EventFollowers;
  beforeEach(async () => {
    log = new StoredAuditLog(new MemoryAuditStore());
    await log.prepare();
    followers = new EventFollowers({ log, maxFollowers: 2, heartbeatMs: 20, patienceMs: 50 });
  });
  afterEach(async () => {
    followers.close();
    await log.close();
  });

  it('sends what was there, then what comes, each once; a client that comes back goes on where it was', async () => {
    await log.append(entries(0, 700));
    const first = new Client();
    const place = followers.admit();
    const served = followers.serve(place, first, { afterSequence: 0 });
    await eventually(() => first.ids.length === 700);
    await log.append(entries(700, 710));
    await eventually(() => first.ids.length === 710);
    first.destroy();
    await served;
    expect(followers.count).toBe(0);

    await log.append(entries(710, 730));
    const second = new Client();
    const again = followers.serve(followers.admit(), second, { afterSequence: first.ids.at(-1) ?? 0 });
    await eventually(() => second.ids.length === 20);
    followers.close();
    await again;
    const all = [...first.ids, ...second.ids];
    expect(all).toEqual(Array.from({ length: 730 }, (_, i) => i + 1));
  });

  it('sends only what was asked for', async () => {
    await log.append([entry(1), entry(2, 'message.read'), entry(3)]);
    const client = new Client();
    void followers.serve(followers.admit(), client, { afterSequence: 0, type: 'message.read' });
    await eventually(() => client.ids.length === 1);
    expect(client.ids).toEqual([2]);
  });

  it('tells a silent connection from a dead one', async () => {
    const client = new Client();
    void followers.serve(followers.admit(), client, { afterSequence: 0 });
    await eventually(() => (client.text.match(/: still here/g) ?? []).length >= 2);
    expect(client.text).toMatch(/^retry: \d+\n/);
  });

  it('drops a client that takes nothing, holding no more for it than what was in hand', async () => {
    await log.append(entries(0, 500));
    let taken = 0;
    const stuck = new Writable({
      highWaterMark: 16_384,
      write: (chunk: Buffer) => void (taken += chunk.length),
    });
    const served = followers.serve(followers.admit(), stuck, { afterSequence: 0 });
    await served;
    expect(stuck.destroyed).toBe(true);
    expect(taken + stuck.writableLength).toBeLessThan(40_000);
    expect(followers.count).toBe(0);
  });

  it('has a limit, gives places back, and takes no follower while it closes', async () => {
    const client = new Client();
    const served = followers.serve(followers.admit(), client, { afterSequence: 0 });
    const second = followers.admit();
    expect(() => followers.admit()).toThrow(/2 clients follow already/);
    followers.release(second);
    expect(() => followers.release(followers.admit())).not.toThrow();
    followers.close();
    await served;
    expect(client.writableEnded).toBe(true);
    expect(() => followers.admit()).toThrow(/stopping/);
  });
});
