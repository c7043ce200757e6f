/** At most so many workers at once, over all batches in hand; whoever asked first comes first. */
export class ConcurrencyLimit {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run(work: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.waiting.shift(); // takes over the place
      if (next) next();
      else this.free += 1;
    }
  }
}
