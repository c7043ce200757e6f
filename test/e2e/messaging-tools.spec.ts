import {
  describeWith,
  redisUnavailableReason,
  startPrivateRedis,
  type PrivateRedis,
} from '@redis-mongo-sync/dev-servers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '@redis-mongo-sync/testing';
import { planOf } from '../../scripts/messaging/load-test/plan.js';

describeWith(describe, redisUnavailableReason())('the messaging tools, as people run them', () => {
  let redis: PrivateRedis;
  beforeAll(async () => {
    redis = await startPrivateRedis();
  });
  afterAll(() => redis.stop());

  function start(tool: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [`dist/scripts/messaging/${tool}.js`, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: redis.url, ...env },
    });
    const run = { text: '', child, exit: once(child, 'exit').then(([code]) => code as number | null) };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (run.text += String(chunk)));
    return run;
  }

  it('what the producer publishes, the consumer prints, and a group takes over from a member that died', async () => {
    const args = [
      '--stream',
      'orders:placed',
      '--type',
      'order.placed',
      '--data',
      '{"n":{n}}',
      '--count',
      '5',
    ];
    const producer = start('producer', args);
    expect(await producer.exit).toBe(0);
    const reader = start('consumer', ['--stream', 'orders:placed', '--from', '0', '--count', '5']);
    expect(await reader.exit).toBe(0);
    expect(reader.text.match(/order\.placed/g)).toHaveLength(5);

    const group = ['--group', 'billing', '--stream', 'orders:placed', '--take-over', '500'];
    const holder = start('consumer-group', [...group, '--consumer', 'one', '--hold']);
    await eventually(() => (holder.text.match(/order\.placed/g) ?? []).length === 5);
    holder.child.kill('SIGKILL');
    await holder.exit;
    const heir = start('consumer-group', [...group, '--consumer', 'two', '--temporary']);
    await eventually(() => heir.text.includes('took over 5 entries'));
    await eventually(() => (heir.text.match(/again .*order\.placed/g) ?? []).length === 5);
    heir.child.kill('SIGINT');
    expect(await heir.exit).toBe(0);
    expect(heir.text).toMatch(/5 handled, 5 taken over; in the group 0 pending, 0 unread/);
  }, 60_000);

  it('they say what is missing, with exit code 2', async () => {
    const runs = [
      { run: start('consumer', []), says: /--stream is missing/ },
      { run: start('consumer', ['--stream', 'a:b', '--from', 'x']), says: /--from must be/ },
      { run: start('consumer-group', []), says: /--group is missing/ },
      {
        run: start('producer', ['--stream', 'a:b', '--type', 'a.b', '--data', '[1]']),
        says: /must be a JSON object/,
      },
      {
        run: start('consumer', ['--stream', 'a:b'], { REDIS_URL: 'redis://127.0.0.1:9' }),
        says: /Next: npm start/,
      },
      { run: start('load-test/main', ['5', '0', '--url', 'http://127.0.0.1:9']), says: /Next: npm start/ },
    ];
    for (const { run, says } of runs) {
      expect([await run.exit, run.text]).toEqual([2, expect.stringMatching(says)]);
    }
  }, 60_000);
});

describe('the plan of a load test', () => {
  it('is two numbers and options, each with its default', () => {
    expect(planOf([], 'http://g')).toEqual({
      events: 1000,
      delayMs: 0,
      concurrency: 8,
      url: 'http://g',
      waitMs: 60_000,
    });
    expect(planOf(['20', '50', '--rate', '9', '--concurrency', '2'], 'http://g')).toMatchObject({
      events: 20,
      delayMs: 50,
      rate: 9,
      concurrency: 2,
    });
  });

  it.each([[['x']], [['1', '2', '3']], [['0']], [['1', '--url', 'nowhere']], [['1', '--rate', '-1']]])(
    'refuses %j',
    (args) => {
      expect(() => planOf(args, 'http://g')).toThrow();
    },
  );
});
