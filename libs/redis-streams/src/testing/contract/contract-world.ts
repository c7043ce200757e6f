import type { MessageBus } from '../../bus/message-bus.js';
import type { SubscribeOptions } from '../../bus/message-consumer.js';
import type { MessageEvent } from '../../envelope/message-event.js';

export interface ContractBus {
  readonly bus: MessageBus;
  /** Adds an entry that no producer would. */
  readonly addRaw: (stream: string, fields: readonly string[]) => Promise<void> | void;
}

export interface ContractTools {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly beforeEach: (body: () => Promise<void>) => void;
  readonly afterEach: (body: () => Promise<void>) => void;
  readonly expect: (value: unknown) => ContractMatchers;
}

/** What is used of Jest's (or Vitest's) matchers. */
interface ContractMatchers {
  toBe(value: unknown): void;
  toEqual(value: unknown): void;
  toMatchObject(value: object): void;
  toContain(value: string): void;
}

export const STREAM = 'orders:events';
export const PARTITIONED = 'shipments:events';
export const FAST: SubscribeOptions = { retryDelaysMs: [5, 10, 15] };

/** The numbers from 0. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** One test's bus, and the events that its handlers have seen. */
export class ContractWorld {
  seen: MessageEvent[] = [];
  private made: ContractBus | undefined;

  constructor(private readonly makeBus: () => Promise<ContractBus>) {}

  async begin(): Promise<void> {
    this.seen = [];
    this.made = await this.makeBus();
  }

  async end(): Promise<void> {
    await this.made?.bus.close();
  }

  get bus(): MessageBus {
    return this.current.bus;
  }

  get addRaw(): ContractBus['addRaw'] {
    return this.current.addRaw;
  }

  readonly see = (event: MessageEvent): void => void this.seen.push(event);

  readonly numbers = (): unknown[] => this.seen.map(({ data }) => data);

  readonly sorted = (): unknown[] => this.numbers().sort((a, b) => Number(a) - Number(b));

  /** Publishes the numbers from 0, one after the other. */
  readonly publish = async (count: number, stream = STREAM, keyOf?: (n: number) => string): Promise<void> => {
    for (const data of range(count)) {
      const key = keyOf ? { key: keyOf(data) } : {};
      await this.bus.producer.publish(stream, { type: 'order.placed', data, ...key });
    }
  };

  private get current(): ContractBus {
    if (!this.made) throw new Error('there is a bus only within a test');
    return this.made;
  }
}
