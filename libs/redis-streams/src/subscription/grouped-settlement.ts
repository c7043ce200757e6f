import type { Settled, Settlement, Settling } from './settlement.js';

interface Waiting {
  readonly messages: readonly Settling[];
  readonly resolve: (settled: readonly Settled[]) => void;
  readonly reject: (error: unknown) => void;
}

const MAX_MESSAGES = 500;

/** Group commit: while one call is under way, what is to be settled gathers for the next one. */
export class GroupedSettlement implements Settlement {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(private readonly inner: Settlement) {}

  handled(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.inner.handled(eventIds);
  }

  settle(messages: readonly Settling[]): Promise<readonly Settled[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ messages, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    await new Promise((resolve) => setImmediate(resolve)); // whatever ends in the same turn goes along
    while (this.waiting.length > 0) await this.settleSome(this.take());
    this.running = false;
  }

  private take(): readonly Waiting[] {
    let count = 0;
    let size = 0;
    for (const { messages } of this.waiting) {
      if (count > 0 && size + messages.length > MAX_MESSAGES) break;
      size += messages.length;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async settleSome(some: readonly Waiting[]): Promise<void> {
    try {
      const settled = await this.inner.settle(some.flatMap(({ messages }) => messages));
      let from = 0;
      for (const { messages, resolve } of some) resolve(settled.slice(from, (from += messages.length)));
    } catch (error) {
      for (const { reject } of some) reject(error);
    }
  }
}
