import type { MessageEvent } from '../../envelope/message-event.js';
import { TerminalError } from '../../envelope/messaging-error.js';
import { eventually } from '../eventually.js';
import { FAST, PARTITIONED, STREAM, type ContractTools, type ContractWorld } from './contract-world.js';

/** Retries, dead letters, and what can be done with them. */
export function failuresContract(world: ContractWorld, { it, expect }: ContractTools): void {
  const { see, publish } = world;

  it('tries again, counts the tries, and then dead-letters with the reason', async () => {
    const attempts: number[] = [];
    await world.bus.consumer.subscribe(
      STREAM,
      'billing',
      ({ data }, { attempt }) => {
        if (data !== 1) return;
        attempts.push(attempt);
        throw new Error('no such customer');
      },
      FAST,
    );
    await publish(3);
    const letters = world.bus.deadLetters(STREAM);
    await eventually(async () => (await letters.size()) === 1);
    expect(attempts).toEqual([1, 2, 3, 4]);
    const [letter] = (await letters.list()).letters;
    expect(letter).toMatchObject({ group: 'billing', attempts: 4 });
    expect(letter?.error ?? '').toContain('no such customer');
  });

  it('dead-letters a terminal failure and a malformed entry at once', async () => {
    let calls = 0;
    await world.bus.consumer.subscribe(
      STREAM,
      'billing',
      () => {
        calls += 1;
        throw new TerminalError('not an order');
      },
      FAST,
    );
    await world.addRaw(STREAM, ['event', '{"not":"an event"}']);
    await publish(1);
    await eventually(async () => (await world.bus.deadLetters(STREAM).size()) === 2);
    expect(calls).toBe(1);
  });

  it('stops a handler that takes too long', async () => {
    let aborted = 0;
    const slow = (_: MessageEvent, { signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise(() => signal.addEventListener('abort', () => (aborted += 1)));
    await world.bus.consumer.subscribe(STREAM, 'billing', slow, { handlerTimeoutMs: 20, retryDelaysMs: [5] });
    await publish(1);
    await eventually(async () => (await world.bus.deadLetters(STREAM).size()) === 1);
    expect(aborted).toBe(2);
  });

  it('replays dead letters: one, those that fit, none when it is only a try; and notes who', async () => {
    let broken = true;
    await world.bus.consumer.subscribe(STREAM, 'billing', (event) => {
      if (broken) throw new TerminalError(`broken ${String(event.data)}`);
      see(event);
    });
    await publish(4);
    const letters = world.bus.deadLetters(STREAM);
    await eventually(async () => (await letters.size()) === 4);
    broken = false;
    expect(await letters.replayMatching({ error: 'BROKEN 2' }, { dryRun: true })).toMatchObject({
      matched: 1,
      replayed: 0,
    });
    expect(await letters.replayMatching({ error: 'broken 2' }, { by: 'ann' })).toMatchObject({
      replayed: 1,
    });
    const [first, second] = (await letters.find({ type: 'order.placed' })).map(({ letterId }) => letterId);
    await letters.replay(first ?? '', { by: 'bob' });
    await letters.discard(second ?? '', { by: 'eve' });
    await eventually(() => world.seen.length === 2);
    expect(await letters.size()).toBe(1);
    const trail = await letters.auditTrail();
    expect(trail.map(({ by, action }) => `${by} ${action}`)).toEqual([
      'eve discard',
      'bob replay',
      'ann replay',
    ]);
  });

  it('replays a letter for its own group only, however often: no group that had succeeded, no letter more', async () => {
    const calls: Record<string, number> = { good: 0, bad: 0, worse: 0 };
    for (const group of Object.keys(calls)) {
      const handler = (): void => {
        calls[group] = (calls[group] ?? 0) + 1;
        if (group !== 'good') throw new TerminalError(group);
      };
      for (const stream of [STREAM, PARTITIONED])
        await world.bus.consumer.subscribe(stream, group, handler, { deduplicate: false });
    }
    for (const stream of [STREAM, PARTITIONED]) {
      await publish(2, stream, (n) => `key-${n}`);
      const letters = world.bus.deadLetters(stream);
      await eventually(async () => (await letters.size()) === 4);
      for (let round = 0; round < 3; round += 1) {
        const { replayed } = await letters.replayMatching({}, { perSecond: 10_000 });
        expect(replayed).toBe(4);
        await eventually(async () => (await letters.size()) === 4);
      }
      const groups = (await letters.list()).letters.map(({ group }) => group);
      expect(groups.sort()).toEqual(['bad', 'bad', 'worse', 'worse']);
      const seenAgain: unknown[] = [];
      await world.bus.replayer.replay(
        stream,
        { from: 'beginning' },
        ({ event }) => void seenAgain.push(event),
      );
      expect(seenAgain.length).toBe(2);
    }
    expect(calls).toEqual({ good: 4, bad: 16, worse: 16 });
  });

  it('redacts a letter for good, which is not replayed then', async () => {
    await world.bus.consumer.subscribe(STREAM, 'billing', () => {
      throw new TerminalError('broken');
    });
    await world.bus.producer.publish(STREAM, { type: 'order.placed', data: { email: 'a@b.c', total: 3 } });
    const letters = world.bus.deadLetters(STREAM);
    await eventually(async () => (await letters.size()) === 1);
    const [letter] = (await letters.list()).letters;
    const id = (await letters.redact(letter?.letterId ?? '', ['email'], { by: 'ann' })) ?? '';
    const redacted = await letters.get(id);
    expect(redacted).toMatchObject({ redacted: 'ann', error: letter?.error });
    expect(JSON.stringify(redacted).includes('a@b.c')).toBe(false);
    expect(await letters.replay(id)).toEqual({ kind: 'redacted' });
  });
}
