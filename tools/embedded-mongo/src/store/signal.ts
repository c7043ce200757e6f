/** Wakes everyone who waits for new writes to become visible. */
export class Signal {
  private readonly waiting = new Set<() => void>();

  notify(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Calls back at every notification until the returned function is called. */
  subscribe(wake: () => void): () => void {
    this.waiting.add(wake);
    return () => {
      this.waiting.delete(wake);
    };
  }
}
