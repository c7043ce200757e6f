import { asPlainNumber, bsonTypeOf, isFields } from './fields.js';
import { NotApplicable } from './outcome.js';

const isWhole = (value: unknown) => Number.isInteger(asPlainNumber(value));
const isNumber = (value: unknown) => typeof asPlainNumber(value) === 'number';
const is = (type: string) => (value: unknown) => bsonTypeOf(value) === type;

/** The aliases of `$type` that tests use. The driver gives numbers of all widths as one type. */
const TESTS: Record<string, (value: unknown) => boolean> = {
  int: isWhole,
  long: isWhole,
  double: isNumber,
  number: (value) => isNumber(value) || is('Decimal128')(value),
  decimal: is('Decimal128'),
  string: (value) => typeof value === 'string',
  object: isFields,
  array: Array.isArray,
  objectId: is('ObjectId'),
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  timestamp: is('Timestamp'),
  binData: (value) => is('Binary')(value) || value instanceof Uint8Array,
};

export function matchesType(value: unknown, names: string | string[]): boolean {
  return [names].flat().some((name) => {
    const test = TESTS[name];
    if (!test) throw new NotApplicable(`needs the type ${name}`);
    return test(value);
  });
}
