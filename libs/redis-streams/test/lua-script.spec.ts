import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Redis } from 'ioredis';
import { defineScript } from '../src/lua-script.js';
import { startTestRedis, type TestRedis } from './support/test-redis.js';

describe('defineScript', () => {
  let server: TestRedis;
  let client: Redis;
  let directory: string;

  beforeAll(async () => {
    server = await startTestRedis({ appendOnly: true });
    client = server.client();
    directory = await mkdtemp(join(tmpdir(), 'lua-script-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const script = async (lua: string, numberOfKeys?: number) => {
    const file = join(directory, 'script.lua');
    await writeFile(file, lua);
    return defineScript<number>({
      name: 'test.script',
      file: pathToFileURL(file),
      ...(numberOfKeys === undefined ? {} : { numberOfKeys }),
      decode: Number,
    });
  };
  const INCREMENT = `return redis.call('INCRBY', KEYS[1], ARGV[1])`;

  it('runs with decoded replies, by digest from the second call on', async () => {
    const increment = await script(INCREMENT, 1);
    const before = await scriptCalls();
    expect(await increment.run(client, ['runs'], [2])).toBe(2);
    expect(await increment.run(client, ['runs'], [3])).toBe(5);
    const after = await scriptCalls();
    expect(after.eval - before.eval).toBe(1);
    expect(after.evalsha - before.evalsha).toBe(1);
  });

  it('recovers when the server forgets the script, once, also within a pipeline', async () => {
    const increment = await script(INCREMENT, 1);
    await increment.run(client, ['flushed'], [1]);
    await client.script('FLUSH');
    expect(await increment.run(client, ['flushed'], [1])).toBe(2);

    await client.script('FLUSH');
    const pipeline = client.pipeline().set('other', '1');
    increment.queue(pipeline, ['flushed'], [1]);
    increment.queue(pipeline, ['flushed'], [1]);
    const replies = (await pipeline.exec()) ?? [];
    expect(replies.map(([error]) => error)).toEqual([null, null, null]);
    expect(replies.slice(1).map(([, raw]) => increment.decode(raw))).toEqual([3, 4]);
  });

  it('queues on a pipeline made before the script was ever used on its client', async () => {
    const increment = await script(`${INCREMENT} -- fresh`, 1);
    const pipeline = client.pipeline();
    increment.queue(pipeline, ['fresh'], [7]);
    expect(await pipeline.exec()).toEqual([[null, 7]]);
  });

  it('survives a restart of the server', async () => {
    const increment = await script(INCREMENT, 1);
    await increment.run(client, ['restarted'], [1]);
    await server.kill();
    await server.restart();
    expect(await increment.run(client, ['restarted'], [1])).toBe(2);
  });

  it('takes any number of keys when none is declared, else exactly that number', async () => {
    const count = await script('return #KEYS * 100 + #ARGV');
    expect(await count.run(client, ['a', 'b', 'c'], ['x'])).toBe(301);
    const one = await script(INCREMENT, 1);
    await expect(one.run(client, ['a', 'b'], [1])).rejects.toThrow('takes 1 keys, got 2');
  });

  it('keeps two scripts of one name apart', async () => {
    const [one, two] = [await script('return 1', 0), await script('return 2', 0)];
    expect([await one.run(client, [], []), await two.run(client, [], [])]).toEqual([1, 2]);
  });

  describe('what a script includes', () => {
    const include = (name: string, lua: string) => writeFile(join(directory, 'includes', `${name}.lua`), lua);
    beforeAll(() => mkdir(join(directory, 'includes')));

    it('is pasted in, once, with what it includes itself', async () => {
      await include('clock', "local ticks = redis.call('INCR', KEYS[1])");
      await include('stamp', '--@include clock\nlocal function stamp(n) return n * 10 + ticks end');
      const lua = '--@include includes/clock\n  --@include includes/stamp\nreturn stamp(tonumber(ARGV[1]))';
      expect(await (await script(lua, 1)).run(client, ['pasted'], [4])).toBe(41);
    });

    it('may use characters that mean something to a replacement', async () => {
      await include('pattern', "local found = string.match('a$&b', '%$&')");
      expect(await (await script('--@include includes/pattern\nreturn #found', 0)).run(client, [], [])).toBe(
        2,
      );
    });

    it.each([
      ['--@include includes/nothing', '^script.lua includes nothing.lua, which cannot be read'],
      ['--@include', '^script.lua: "--@include" names no file'],
      ['--@include includes/clock.lua', 'names no file'],
      ['--@include ../secret', 'names no file'],
      ['--@includes includes/clock', 'names no file'],
    ])('is refused with the file’s name when it is not there: %s', async (lua, message) => {
      await expect(script(lua)).rejects.toThrow(new RegExp(message));
    });
  });

  async function scriptCalls(): Promise<{ eval: number; evalsha: number }> {
    const info = await client.info('commandstats');
    const calls = (name: string) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(info)?.[1] ?? 0);
    return { eval: calls('eval'), evalsha: calls('evalsha') };
  }
});
