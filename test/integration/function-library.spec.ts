import { describeWith, redisUnavailableReason } from '@redis-mongo-sync/dev-servers';
import { fieldsOfState, SyncBench } from '../support/sync-bench.js';

describeWith(describe, redisUnavailableReason())('FCALL sync_write: the atomic write for any client', () => {
  let bench: SyncBench;
  let n = 0;

  beforeAll(async () => {
    bench = await SyncBench.start();
    await bench.up();
  });
  afterAll(() => bench.stop());

  function syncWrite(email: string, op: string, payload: string, expected = ''): Promise<unknown> {
    const keys = [
      `user:${email}`,
      `tombstone:user:${email}`,
      'redis_changes',
      'redis_changes:inflight',
      'sync:ledger:redis-to-mongo',
      'index:users',
      `sync:operation:test-${n++}`,
    ];
    return bench.redis.fcall('sync_write', keys.length, ...keys, 'users', email, op, payload, expected);
  }

  it('writes a record that travels to Mongo like any other', async () => {
    const email = 'fcall@example.org';
    const reply = (await syncWrite(
      email,
      'upsert',
      `{"name": "F", "email": "${email}", "tags": []}`,
    )) as string[];
    expect(reply[0]).toBe('written');
    await bench.settled([email]);
    expect(fieldsOfState(await bench.mongo().get(email))).toEqual({ email, name: 'F', tags: [] });
    await syncWrite(email, 'delete', '');
    await bench.settled([email]);
    expect((await bench.mongo().get(email)).state).toBe('deleted');
  });

  it('keeps to the expected version', async () => {
    const email = 'expected@example.org';
    const [, version = ''] = (await syncWrite(
      email,
      'upsert',
      `{"email":"${email}","name":"1"}`,
      'absent',
    )) as string[];
    expect(await syncWrite(email, 'upsert', `{"email":"${email}","name":"2"}`, 'absent')).toEqual([
      'conflict',
      version,
      'live',
    ]);
    expect(
      ((await syncWrite(email, 'upsert', `{"email":"${email}","name":"3"}`, version)) as string[])[0],
    ).toBe('written');
  });

  it.each([
    [
      'another e-mail in the payload',
      'a@example.org',
      '{"email":"b@example.org"}',
      'equal to the record key',
    ],
    ['a Mongo-owned field', 'a@example.org', '{"email":"a@example.org","wallet":9}', 'wallet'],
    ['a secret field', 'a@example.org', '{"email":"a@example.org","passwordHash":"x"}', 'passwordHash'],
    ['a claimed version', 'a@example.org', '{"email":"a@example.org","version":9}', 'version'],
    ['no JSON', 'a@example.org', '{"email":', 'JSON object'],
    ['an unnormalised key', 'A@example.org', '{"email":"A@example.org"}', 'normalised'],
  ])('refuses %s, and leaves no trace', async (_what, email, payload, reason) => {
    const before = await bench.redis.xlen('redis_changes');
    await expect(syncWrite(email, 'upsert', payload)).rejects.toThrow(reason);
    expect(await bench.redis.xlen('redis_changes')).toBe(before);
    expect(await bench.redis.exists(`user:${email}`)).toBe(0);
  });
});
