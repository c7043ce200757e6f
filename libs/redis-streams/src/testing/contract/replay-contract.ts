import { eventually } from '../eventually.js';
import { STREAM, PARTITIONED, range, type ContractTools, type ContractWorld } from './contract-world.js';

/** Streams read again. */
export function replayContract(world: ContractWorld, { it, expect }: ContractTools): void {
  const { see, sorted, publish } = world;

  it('replays a stream to a callback, from an entry on and by type', async () => {
    await publish(5, PARTITIONED);
    const ids: string[] = [];
    const all = await world.bus.replayer.replay(PARTITIONED, { from: 'beginning' }, ({ entryId, event }) => {
      ids.push(entryId);
      see(event);
    });
    expect(all).toEqual({ replayed: 5, malformed: 0 });
    expect(sorted()).toEqual(range(5));
    const later = await world.bus.replayer.replay(PARTITIONED, { from: ids[3] ?? '' }, () => undefined);
    // Two partitions may give out the same id within one millisecond.
    expect(later.replayed).toBe(5 - ids.indexOf(ids[3] ?? ''));
    const none = await world.bus.replayer.replay(
      PARTITIONED,
      { from: new Date(0), types: ['order.paid'] },
      () => undefined,
    );
    expect(none.replayed).toBe(0);
  });

  it('replays a stream to a group, which handles it again', async () => {
    await publish(3);
    await world.bus.consumer.subscribe(STREAM, 'billing', see);
    await eventually(() => world.seen.length === 3);
    expect(await world.bus.replayer.replayToGroup(STREAM, 'billing', 'beginning')).toMatchObject({
      outcome: 'moved',
    });
    await publish(1);
    await eventually(() => world.seen.length === 7);
    expect(sorted()).toEqual([0, 0, 0, 1, 1, 2, 2]);
  });
}
