export * as arithmetic from './arithmetic.js';
export { cloneValue } from './clone.js';
export { parseCollation, type Collation } from './collation.js';
export type { EvalContext } from './context.js';
export * as decimal from './decimal.js';
export {
  asDocument,
  bsonClass,
  fieldOf,
  isDocument,
  setField,
  withField,
  type Document,
} from './document.js';
export { keyString } from './key-string.js';
export {
  INT64_MAX,
  INT64_MIN,
  asDouble,
  asNumeric,
  compareNumbers,
  isInt32,
  isNaNValue,
  toDouble,
  toSafeInteger,
  type Numeric,
} from './numbers.js';
export { RANK, bytesOf, compareStrings, compareValues, identical, typeRank, valuesEqual } from './order.js';
export { childOf, getPath, isArrayIndex, splitPath } from './path.js';
export { isRegex, toRegExp } from './regex.js';
export { show } from './show.js';
export { Summation } from './summation.js';
export { isTruthy } from './truthy.js';
export { TYPE_NUMBERS, typeName } from './type-name.js';
