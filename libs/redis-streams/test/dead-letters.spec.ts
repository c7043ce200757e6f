import type { Redis } from 'ioredis';
import { DeadLetterWriter } from '../src/dead-letters/dead-letter-writer.js';
import { DeadLetters } from '../src/dead-letters/dead-letters.js';
import type { StepCounter } from '../src/step-counter.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

const STREAM = 'orders';
const DLQ = 'orders:dlq';

describe('DeadLetters', () => {
  let server: TestRedis;
  let client: Redis;
  let letters: DeadLetters;

  beforeAll(async () => {
    server = await startTestRedis();
    client = server.client();
    letters = new DeadLetters({ commands: client, stream: STREAM, secretFields: ['pin'] });
  });
  beforeEach(async () => {
    await client.flushall();
    await client.xgroup('CREATE', STREAM, 'g', '0', 'MKSTREAM');
  });
  afterAll(() => server.stop());

  /** Adds an entry, delivers it and dead-letters it. */
  async function bury(fields: string[]): Promise<{ id: string; outcome: string }> {
    const id = (await client.xadd(STREAM, '*', ...fields)) ?? '';
    await client.xreadgroup('GROUP', 'g', 'c', 'STREAMS', STREAM, '>');
    const outcome = await writer().write(reason(id));
    return { id, outcome: outcome.kind };
  }
  const writer = (counter: StepCounter | null = null) =>
    new DeadLetterWriter(client, { stream: STREAM, group: 'g', dlq: DLQ, counter });
  const reason = (id: string) => ({
    id,
    error: new Error('why'),
    attempts: 4,
    firstFailedAt: 1,
    lastFailedAt: 2,
  });

  it('shows what failed, where, why and when', async () => {
    const { id } = await bury(['error', 'a field of this name', 'n', '1']);
    const page = await letters.list();
    expect(page).toEqual({
      next: null,
      letters: [
        {
          letterId: expect.stringMatching(/^\d+-\d+$/) as string,
          originalId: id,
          stream: STREAM,
          group: 'g',
          error: 'Error: why',
          attempts: 4,
          firstFailedAt: 1,
          lastFailedAt: 2,
          fields: { error: 'a field of this name', n: '1' },
        },
      ],
    });
    expect(await letters.get(page.letters[0]?.letterId ?? '')).toEqual(page.letters[0]);
  });

  it('takes an entry once, however often it is told to, and only a pending one', async () => {
    const { id, outcome } = await bury(['n', '1']);
    expect(outcome).toBe('moved');
    const again = await Promise.all([1, 2, 3].map(() => writer().write(reason(id))));
    expect(again.map(({ kind }) => kind)).toEqual(['gone', 'gone', 'gone']);
    expect(await writer().write(reason('1-1'))).toEqual({ kind: 'gone' });
    expect(await letters.size()).toBe(1);
    expect(await client.xpending(STREAM, 'g')).toEqual([0, null, null, null]);
  });

  it('reports a pending entry without data as lost, and acks it', async () => {
    const id = (await client.xadd(STREAM, '*', 'n', '1')) ?? '';
    await client.xreadgroup('GROUP', 'g', 'c', 'STREAMS', STREAM, '>');
    await client.xdel(STREAM, id);
    expect(await writer().write(reason(id))).toEqual({ kind: 'lost' });
    expect(await client.xpending(STREAM, 'g')).toEqual([0, null, null, null]);
  });

  it('keeps the entry where it is when the letter cannot be written', async () => {
    await client.set(DLQ, 'not a stream');
    await expect(bury(['n', '1'])).rejects.toThrow('WRONGTYPE');
    expect((await client.xpending(STREAM, 'g'))[0]).toBe(1);
  });

  it('has nothing to do when the group or the stream is gone', async () => {
    await client.xgroup('DESTROY', STREAM, 'g');
    expect(await writer().write(reason('1-1'))).toEqual({ kind: 'gone' });
    await client.del(STREAM);
    expect(await writer().write(reason('1-1'))).toEqual({ kind: 'gone' });
  });

  it('pages from the oldest on', async () => {
    for (let n = 0; n < 5; n += 1) await bury(['n', String(n)]);
    const first = await letters.list({ limit: 3 });
    const second = await letters.list({ limit: 3, after: first.next ?? '' });
    expect([...first.letters, ...second.letters].map(({ fields }) => fields.n)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(second.next).toBeNull();
    await expect(letters.list({ limit: 501 })).rejects.toThrow(RangeError);
    await expect(letters.list({ after: '+' })).rejects.toThrow(RangeError);
  });

  it('replays an entry byte for byte, with the mark of its group, once', async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    await bury(['a', '1', 'a', '2', 'version', '1767225600000000123']);
    const id = (await client.xadd(STREAM, '*', 'raw', bytes)) ?? '';
    await client.xreadgroup('GROUP', 'g', 'c', 'STREAMS', STREAM, '>');
    await writer().write(reason(id));
    const page = await letters.list();
    const outcomes = [];
    for (const { letterId } of page.letters) outcomes.push(await letters.replay(letterId));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['replayed', 'replayed']);
    const added = await client.xrangeBuffer(STREAM, '-', '+');
    const mark = ['__group', 'g'];
    expect(added.slice(-2).map(([, fields]) => fields)).toEqual([
      ['a', '1', 'a', '2', 'version', '1767225600000000123', ...mark].map((text) => Buffer.from(text)),
      [Buffer.from('raw'), bytes, ...mark.map((text) => Buffer.from(text))],
    ]);
    expect(await letters.replay(page.letters[0]?.letterId ?? '')).toEqual({ kind: 'not-found' });
    expect(await letters.size()).toBe(0);
  });

  it('replays the oldest ones, each once, also when several do it at the same time', async () => {
    for (let n = 0; n < 20; n += 1) await bury(['n', String(n)]);
    expect(await letters.replayOldest(5)).toBe(5);
    const counts = await Promise.all([letters.replayOldest(100), letters.replayOldest(100)]);
    expect(counts[0] + counts[1]).toBe(15);
    expect(await client.xlen(STREAM)).toBe(40);
    expect(await letters.replayOldest(100)).toBe(0);
  });

  it('counts letters and replays in the same step, each once', async () => {
    const counter = { key: 'books', field: 'dead' };
    const id = (await client.xadd(STREAM, '*', 'n', '1')) ?? '';
    await client.xreadgroup('GROUP', 'g', 'c', 'STREAMS', STREAM, '>');
    for (let n = 0; n < 3; n += 1) await writer(counter).write(reason(id));
    const replayCounter = { key: 'books', field: 'replayed' };
    const counted = new DeadLetters({ commands: client, stream: STREAM, replayCounter });
    const [letter] = (await counted.list()).letters;
    for (let n = 0; n < 3; n += 1) await counted.replay(letter?.letterId ?? '');
    expect(await client.hgetall('books')).toEqual({ dead: '1', replayed: '1' });
  });

  it('does not put letters of one stream into another', async () => {
    await bury(['n', '1']);
    const other = new DeadLetters({ commands: client, stream: 'invoices', deadLetterStream: DLQ });
    const [letter] = (await other.list()).letters;
    expect(await other.replay(letter?.letterId ?? '')).toEqual({ kind: 'foreign' });
    expect(await other.size()).toBe(1);
    expect(await client.exists('invoices')).toBe(0);
  });

  it('discards', async () => {
    await bury(['n', '1']);
    const [letter] = (await letters.list()).letters;
    expect(await letters.discard(letter?.letterId ?? '')).toBe(true);
    expect(await letters.discard(letter?.letterId ?? '')).toBe(false);
    expect(await letters.size()).toBe(0);
  });

  it.each(['', '*', '+', '-', '1', '1-1 ', '1-1\r\nDEL'])('takes %j for no letter at all', async (id) => {
    expect(await letters.get(id)).toBeUndefined();
    expect(await letters.replay(id)).toEqual({ kind: 'not-found' });
    expect(await letters.discard(id)).toBe(false);
  });

  it('never shows secrets: by field name, within JSON, within JSON in JSON', async () => {
    const inner = JSON.stringify({ user: 'x', refreshTokens: ['hidden-1'] });
    const payload = JSON.stringify({
      email: 'a@b.c',
      PasswordHash: 'hidden-2',
      deep: [{ pin: 'hidden-3' }],
      inner,
    });
    await bury(['payload', payload, 'PIN', 'hidden-4', 'version', '1767225600000000']);
    const [letter] = (await letters.list()).letters;
    expect(JSON.stringify(letter)).not.toContain('hidden');
    expect(letter?.fields.version).toBe('1767225600000000');
    expect(JSON.parse(letter?.fields.payload ?? '')).toMatchObject({
      email: 'a@b.c',
      deep: [{ pin: '[redacted]' }],
    });
  });
});
