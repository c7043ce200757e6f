/**
 * At most `size` tasks at once. The first failure is kept and thrown to whoever asks next (`free`, `idle`);
 * tasks never reject into the void.
 */
export class Slots {
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly size: number) {}

  /** Resolves when a task may start. Throws the first failure of an earlier task. */
  async free(): Promise<void> {
    while (this.running.size >= this.size && !this.failure) await Promise.race(this.running);
    if (this.failure) throw this.failure.error;
  }

  /** Call after `free()`. Returns at once. */
  start(task: () => Promise<void>): void {
    const run: Promise<void> = task()
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** Resolves when nothing runs any more; throws (once) the first failure. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.race(this.running);
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure.error;
  }
}
