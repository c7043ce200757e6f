import { isWritableDate } from '@redis-mongo-sync/sync-core';
import type { ObjectId } from 'mongodb';

/*
 * BSON values for which the driver has no class. They are shown exactly; the driver refuses to write what it would
 * change.
 */

/** A date beyond the years that JavaScript's `Date` reaches. */
export class DistantDate extends Date {
  constructor(
    /** Since 1970. */
    readonly milliseconds: bigint,
  ) {
    super(Number.NaN);
  }

  /** What the driver writes. */
  override getTime(): number {
    if (isWritableDate(this.milliseconds)) return Number(this.milliseconds);
    throw new RangeError(`the date ${this.milliseconds} ms can't be written exactly`);
  }
}

/** A reference of the deprecated type DBPointer. */
export class DbPointer {
  constructor(
    readonly namespace: string,
    readonly id: ObjectId,
  ) {}

  /** The driver refuses a type that it doesn't know. */
  readonly _bsontype = 'DBPointer';
}
