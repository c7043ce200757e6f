import { eventually } from '@redis-mongo-sync/testing';
import { HeadWatcher } from './head-watcher.js';

function watcher(head: () => Promise<number>) {
  const errors: unknown[] = [];
  const closing = new AbortController();
  const options = {
    head,
    pollMs: 1,
    onError: (error: unknown) => errors.push(error),
    closing: closing.signal,
  };
  return { watcher: new HeadWatcher(options), errors, closing };
}

const NEVER = new AbortController().signal;

describe('HeadWatcher', () => {
  it('asks once per interval for any number of waiters, and not at all without waiters', async () => {
    let asked = 0;
    let head = 5;
    const { watcher: watching, closing } = watcher(() => {
      asked += 1;
      return Promise.resolve(head);
    });
    await Promise.all(Array.from({ length: 100 }, () => watching.beyond(3, NEVER)));
    expect(asked).toBe(1);
    const waiting = Promise.all(Array.from({ length: 100 }, () => watching.beyond(5, NEVER)));
    await eventually(() => expect(asked).toBeGreaterThan(3));
    head = 6;
    await waiting;
    const then = asked;
    await new Promise((resolve) => setTimeout(resolve, 10)); // ten intervals without a waiter
    expect(asked).toBe(then);
    closing.abort();
  });

  it('wakes at once for what this process recorded, and when a signal aborts', async () => {
    const { watcher: watching, closing } = watcher(() => Promise.resolve(0));
    const abort = new AbortController();
    const [recorded, aborted] = [watching.beyond(7, NEVER), watching.beyond(9, abort.signal)];
    watching.advance(8);
    await recorded;
    abort.abort();
    await aborted;
    closing.abort();
  });

  it('goes on when the store does not answer, and says so', async () => {
    let tries = 0;
    const { watcher: watching, errors } = watcher(() =>
      ++tries < 4 ? Promise.reject(new Error('down')) : Promise.resolve(1),
    );
    await watching.beyond(0, NEVER);
    expect(errors).toHaveLength(3);
  });
});
