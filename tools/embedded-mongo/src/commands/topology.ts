import { ObjectId } from 'bson';
import type { Document } from '../values/index.js';
import type { Connection } from '../wire/connection.js';
import { SESSION_TIMEOUT_MINUTES } from '../session/session-table.js';
import { toTimestamp } from '../store/clock.js';
import { MAX_MESSAGE_BYTES } from '../wire/frame.js';
import { MAX_DOCUMENT_BYTES } from './documents.js';
import { MAX_WRITE_BATCH } from './fields.js';

/** MongoDB 7.0; from 8.0 (wire version 25) drivers would send the `bulkWrite` command. */
export const SERVER_VERSION = '7.0.0';
const MAX_WIRE_VERSION = 21;

/** A replica set of one member: what it says of itself, and when that changes. */
export class Topology {
  /** New for every start, so that drivers notice a restart. */
  private readonly processId = new ObjectId();
  private counter = 0n;
  private secondaryUntil = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly setName: string,
    readonly address: string,
  ) {}

  get isPrimary(): boolean {
    return Date.now() >= this.secondaryUntil;
  }

  /** Takes no writes for a while, then is elected again: there is nobody else. */
  stepDown(seconds: number): void {
    this.secondaryUntil = Date.now() + seconds * 1_000;
    this.changed();
    setTimeout(
      () => {
        this.changed();
      },
      seconds * 1_000 + 1,
    ).unref();
  }

  hello(connectionId: number, lastWrite: bigint): Document {
    const opTime = { ts: toTimestamp(lastWrite), t: 1n };
    const lastWriteDate = new Date(Number(lastWrite >> 32n) * 1_000);
    return {
      helloOk: true,
      isWritablePrimary: this.isPrimary,
      secondary: !this.isPrimary,
      topologyVersion: { processId: this.processId, counter: this.counter },
      hosts: [this.address],
      setName: this.setName,
      setVersion: 1,
      ...(this.isPrimary && { primary: this.address }),
      me: this.address,
      electionId: new ObjectId('7fffffff0000000000000001'),
      lastWrite: { opTime, lastWriteDate, majorityOpTime: opTime, majorityWriteDate: lastWriteDate },
      maxBsonObjectSize: MAX_DOCUMENT_BYTES,
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
      maxWriteBatchSize: MAX_WRITE_BATCH,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
      connectionId,
      minWireVersion: 0,
      maxWireVersion: MAX_WIRE_VERSION,
      readOnly: false,
    };
  }

  /** Resolves at the next change, when the connection closes, or after `ms`. */
  awaitChange(ms: number, connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        forget();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const forget = connection.onClose(done);
      this.waiting.add(done);
    });
  }

  private changed(): void {
    this.counter += 1n;
    for (const wake of [...this.waiting]) wake();
  }
}
