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

  function syncWrite(
    email: string,
    op: string,
    payload: string,
    expected = '',
    changed = '',
  ): Promise<unknown> {
    const keys = [
      `user:${email}`,
      `tombstone:user:${email}`,
      'redis_changes',
      'redis_changes:inflight',
      'sync:ledger:redis-to-mongo',
      'index:users',
      `sync:operation:test-${n++}`,
    ];
    const args = ['users', email, op, payload, expected, '', changed];
    return bench.redis.fcall('sync_write', keys.length, ...keys, ...args);
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

  it('refuses what the HTTP interface refuses, and leaves no trace', async () => {
    const email = 'a@example.org';
    const before = await bench.redis.xlen('redis_changes');
    await expect(syncWrite(email, 'upsert', '{"email":"b@example.org","name":"B"}')).rejects.toThrow(
      'equal to the record key',
    );
    expect(await bench.redis.xlen('redis_changes')).toBe(before);
    expect(await bench.redis.exists(`user:${email}`)).toBe(0);
  });

  it('touches in Mongo only the fields that it names', async () => {
    const email = 'changed@example.org';
    await syncWrite(email, 'upsert', `{"email":"${email}","name":"1","city":"A"}`);
    await bench.settled([email]);
    await syncWrite(email, 'upsert', `{"email":"${email}","name":"2","city":"A"}`, '', '["name"]');
    await bench.settled([email]);
    expect(fieldsOfState(await bench.mongo().get(email))).toEqual({ email, name: '2', city: 'A' });
  });
});
