import type { Connection } from '../wire/connection.js';

/** Waits for `event` or for `ms` to pass, whichever comes first; gives up when the client goes away. */
export function pause(
  connection: Connection,
  ms: number | undefined,
  event?: Promise<void>,
): Promise<'event' | 'elapsed' | 'closed'> {
  return new Promise((resolve) => {
    const done = (outcome: 'event' | 'elapsed' | 'closed') => {
      clearTimeout(timer);
      forget();
      resolve(outcome);
    };
    const timer = ms === undefined ? undefined : setTimeout(done, ms, 'elapsed');
    const forget = connection.onClose(() => {
      done('closed');
    });
    void event?.then(() => {
      done('event');
    });
  });
}
