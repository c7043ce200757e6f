import { Trials } from '../src/consumer/trials.js';
import { ManualClock } from '../src/testing/manual-clock.js';

describe('Trials', () => {
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };

  /** Tasks that are ended by hand; `running` has those that have begun. */
  function desk() {
    const running = new Set<string>();
    const ends = new Map<string, () => void>();
    const task = (name: string) => (): Promise<void> => {
      running.add(name);
      return new Promise((resolve) =>
        ends.set(name, () => {
          running.delete(name);
          resolve();
        }),
      );
    };
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.();
      await turns();
    };
    return { running, task, end };
  }

  it('lets work run together, and a trial alone; what comes later waits for it', async () => {
    const [trials, clock, { running, task, end }] = [new Trials(), new ManualClock(), desk()];
    const all = [trials.work(clock, task('a')), trials.work(clock, task('b'))];
    expect([...running]).toEqual(['a', 'b']);
    all.push(trials.trial(clock, task('first trial')), trials.trial(clock, task('second trial')));
    all.push(trials.work(clock, task('c')));
    await end('a');
    expect([...running]).toEqual(['b']);
    await end('b');
    expect([...running]).toEqual(['first trial']);
    await end('first trial');
    expect([...running]).toEqual(['second trial']);
    await end('second trial');
    expect([...running]).toEqual(['c']);
    await end('c');
    await Promise.all(all);
  });

  it('does not wait for ever for what never ends, and survives what fails', async () => {
    const [trials, clock, { running, task }] = [new Trials(), new ManualClock(), desk()];
    await expect(trials.trial(clock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    void trials.work(clock, task('endless'));
    void trials.trial(clock, task('trial'));
    await turns();
    expect([...running]).toEqual(['endless']);
    clock.advance(30_000);
    await turns();
    expect([...running]).toEqual(['endless', 'trial']);
    void trials.work(clock, task('late'));
    await turns();
    clock.advance(30_000);
    await turns();
    expect([...running]).toEqual(['endless', 'trial', 'late']);
  });
});
