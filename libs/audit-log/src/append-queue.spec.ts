import { AppendQueue } from './append-queue.js';
import type { PendingEntry } from './audit-store.js';
import { checkEntries } from './check-entries.js';
import { sampleEntries } from './testing/sample-entries.js';

const pending = (count: number, first = 1) => checkEntries(sampleEntries(count, first), new Set());

function recorder() {
  const turns: (readonly PendingEntry[])[] = [];
  let sequence = 0;
  const record = (entries: readonly PendingEntry[]) => {
    turns.push(entries);
    return Promise.resolve(entries.map(() => ({ outcome: 'recorded' as const, sequence: (sequence += 1) })));
  };
  return { turns, record };
}

describe('AppendQueue', () => {
  it('records calls that wait together in one turn of at most 1,000, and answers each with its own', async () => {
    const { turns, record } = recorder();
    const queue = new AppendQueue(record);
    const calls = [1, 301, 601, 901].map((first) => queue.append(pending(300, first)));
    const answers = await Promise.all(calls);
    expect(turns.map((turn) => turn.length)).toEqual([300, 900]);
    expect(answers.map(([first]) => first?.sequence)).toEqual([1, 301, 601, 901]);
  });

  it('calls an event recorded once, for the call that came first', async () => {
    const { turns, record } = recorder();
    const queue = new AppendQueue(record);
    const first = queue.append(pending(1));
    const [one, other] = await Promise.all([queue.append(pending(3, 2)), queue.append(pending(3, 3))]);
    await first;
    expect(turns.map((turn) => turn.length)).toEqual([1, 4]);
    expect(one.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded', 'recorded']);
    expect(other.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'recorded']);
  });

  it('goes on after a turn that failed, which fails its calls', async () => {
    const { record } = recorder();
    let failing = true;
    const queue = new AppendQueue((entries) =>
      failing ? Promise.reject(new Error('down')) : record(entries),
    );
    await expect(queue.append(pending(1))).rejects.toThrow('down');
    failing = false;
    expect(await queue.append(pending(1))).toEqual([{ outcome: 'recorded', sequence: 1 }]);
    await queue.idle();
  });
});
