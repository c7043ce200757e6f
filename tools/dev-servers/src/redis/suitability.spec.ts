import { jest } from '@jest/globals';
import { describeWith } from '../testing/describe-with.js';
import { startPrivateRedis, type PrivateRedis } from './private-redis.js';
import { Redis } from 'ioredis';
import { probeRedis } from './probe-redis.js';
import { redisUnavailableReason } from './redis-binary.js';
import { judgeRedis } from './suitability.js';

const probe = {
  answers: true,
  version: '7.0.15',
  maxmemoryPolicy: 'noeviction',
  appendOnly: true,
  foreignKeys: 0,
} as const;

describe('judgeRedis', () => {
  it.each([
    ['as it should be', {}, []],
    ['without an append-only file', { appendOnly: false }, ['keeps no append-only file']],
    [
      'that does not tell',
      { appendOnly: undefined, maxmemoryPolicy: 'unknown' },
      ['does not tell how it is configured'],
    ],
  ])('one %s', (_name, odd, warnings) => {
    const suitability = judgeRedis({ ...probe, ...odd });
    expect(suitability).toMatchObject({
      suits: true,
      warnings: warnings.map((text) => expect.stringContaining(text) as unknown),
    });
  });
});

describeWith(describe, redisUnavailableReason())('probeRedis', () => {
  let server: PrivateRedis;
  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterAll(() => server.stop());

  it('takes a Redis whose user may use neither INFO nor DBSIZE for one that answers', async () => {
    const admin = new Redis(server.url);
    await admin.call('ACL', 'SETUSER', 'product', 'on', '>secret', '~*', '+@all', '-@dangerous', '-dbsize');
    admin.disconnect();
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined); // of the client's own
    const answer = await probeRedis(`redis://product:secret@${server.host}:${server.port}`);
    warn.mockRestore();
    expect(answer).toMatchObject({
      answers: true,
      version: 'unknown',
      appendOnly: undefined,
      foreignKeys: 0,
    });
  });
});
