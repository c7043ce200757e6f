import { BSONRegExp, type ObjectId } from 'bson';

/** Values that js-bson has no class for, or whose class does not keep them as they are. */

/** A date beyond what `Date` can hold; as a `Date` it is invalid. */
export class FarDate extends Date {
  constructor(readonly milliseconds: bigint) {
    super(Number.NaN);
  }

  override toISOString(): string {
    return `Date(${this.milliseconds})`;
  }
}

const LAST_DATE = 8_640_000_000_000_000n;

export function dateOf(milliseconds: bigint): Date {
  return milliseconds > LAST_DATE || milliseconds < -LAST_DATE
    ? new FarDate(milliseconds)
    : new Date(Number(milliseconds));
}

/** Milliseconds since 1970, for every date. */
export function millisecondsOf(date: Date): number | bigint {
  return date instanceof FarDate ? date.milliseconds : date.getTime();
}

/** What js-bson's classes say of themselves; on the prototype, as a document may have such a field. */
const TYPES = { pointer: 'DBPointer', undefined: 'Undefined' } as const;

/** BSON's deprecated type 12: not the same as a document `{$ref, $id}`. */
export class DBPointer {
  constructor(
    readonly namespace: string,
    readonly id: ObjectId,
  ) {}

  get _bsontype(): string {
    return TYPES.pointer;
  }
}

/** BSON's deprecated type 6: a field that is there. */
export class Undefined {
  get _bsontype(): string {
    return TYPES.undefined;
  }
}

export const UNDEFINED = new Undefined();

/** With its options as they are: the constructor of js-bson sorts them and refuses those it does not know. */
export function regexOf(pattern: string, options: string): BSONRegExp {
  return Object.assign(new BSONRegExp(''), { pattern, options });
}
