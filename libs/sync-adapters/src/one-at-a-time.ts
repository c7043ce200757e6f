/**
 * Runs steps of one key one after the other, and steps of different keys side by side. It keeps the writers of one
 * process from failing each other's compare-and-write; between processes the compare itself decides.
 */
export class OneAtATime {
  private readonly tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, step: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const mine = before.then(step, step);
    // What waits behind it only needs to know that it ended.
    const tail = mine.then(
      () => undefined,
      () => undefined,
    );
    this.tails.set(key, tail);
    void tail.then(() => {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    });
    return mine;
  }
}
