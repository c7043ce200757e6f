/** Where a contestant works. */
export interface Place {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Events handled at once. Pub/sub has no such limit. */
  readonly concurrency: number;
}

/** What the benchmark puts into an event: about 300 bytes, as JSON. */
export interface Payload {
  readonly n: number;
  /** `performance.now()` of the process that published it. */
  readonly at: number;
  readonly text: string;
}

/** Does one Redis command as the effect of an event: at once, or together with its acknowledgement. */
export type Effect = (
  command: 'INCR' | 'HINCRBY',
  key: string,
  ...args: (string | number)[]
) => Promise<unknown>;

export type Handler = (payload: Payload, effect: Effect) => Promise<void>;

/** A messaging system under test, with its connections open. */
export interface Opened {
  publish(payload: Payload): Promise<unknown>;
  publishMany(payloads: readonly Payload[]): Promise<unknown>;
  /** Resolves when events published from now on will be handled. */
  consume(handler: Handler): Promise<void>;
  /** Finishes what is in hand. */
  close(): Promise<void>;
}

export interface Contestant {
  readonly name: string;
  readonly guarantee: string;
  /** False: what is published while nobody listens is gone. */
  readonly keeps: boolean;
  /** Publishes like the contestant of this name, which is measured already. */
  readonly publishesLike?: string;
  open(place: Place): Promise<Opened>;
}
