import type { OperatorTable } from '../types.js';
import { ACCUMULATION } from './accumulation.js';
import { ARITHMETIC } from './arithmetic.js';
import { ARRAYS } from './arrays.js';
import { COMPARISON } from './comparison.js';
import { CONVERSION } from './conversion.js';
import { DATES } from './dates.js';
import { ITERATION } from './iteration.js';
import { LOGICAL } from './logical.js';
import { MISCELLANEOUS } from './misc.js';
import { OBJECTS } from './objects.js';
import { PATTERNS } from './patterns.js';
import { SETS } from './sets.js';
import { STRINGS } from './strings.js';

export const OPERATORS: OperatorTable = {
  ...ACCUMULATION,
  ...ARITHMETIC,
  ...ARRAYS,
  ...COMPARISON,
  ...CONVERSION,
  ...DATES,
  ...ITERATION,
  ...LOGICAL,
  ...MISCELLANEOUS,
  ...OBJECTS,
  ...PATTERNS,
  ...SETS,
  ...STRINGS,
};

/** Operators MongoDB has and this library refuses by name. */
export const REFUSED_OPERATORS: ReadonlySet<string> = new Set([
  '$accumulator',
  '$function',
  '$median',
  '$meta',
  '$percentile',
  '$toHashedIndexKey',
]);
