export type { Document } from './document.js';
export { asDocument, fieldOf, isDocument, setField, withField } from './document.js';
export type { EvalContext } from './context.js';
export { parseCollation, type Collation } from './collation.js';
export { DESERIALIZE, SERIALIZE } from './bson-options.js';
export { compareStrings, compareValues, identical, typeRank, valuesEqual, RANK } from './order.js';
export { keyString } from './key-string.js';
export { cloneValue } from './clone.js';
export { typeName, TYPE_NUMBERS } from './type-name.js';
export { childOf, getPath, isArrayIndex, splitPath } from './path.js';
export { show } from './show.js';
export { isRegex, toRegExp } from './regex.js';
export {
  INT64_MAX,
  INT64_MIN,
  asNumeric,
  compareNumbers,
  isInt32,
  isNaNValue,
  toDouble,
  toSafeInteger,
  type Numeric,
} from './numbers.js';
export { bytesOf } from './order.js';
export * as arithmetic from './arithmetic.js';
export { Summation } from './summation.js';
export { isTruthy } from './truthy.js';
export * as decimal from './decimal.js';
