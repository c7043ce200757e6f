import { asDocument, isRegex, valuesEqual, type EvalContext } from '../values/index.js';
import { compileConditions, everyTest } from './condition.js';
import { isAboutValues } from './elem-match.js';
import type { ValueTest } from './filter-types.js';
import { compileFilter } from './filter.js';
import { equalTo } from './value-tests.js';

/** The condition of `$pull` on one array element: operators, a filter for documents, or a value to equal. */
export function compileElementTest(condition: unknown, ctx: EvalContext): ValueTest {
  const conditions = asDocument(condition);
  if (!conditions) {
    return isRegex(condition) ? equalTo(condition) : (value) => valuesEqual(value, condition, ctx.collation);
  }
  if (isAboutValues(conditions)) return everyTest(compileConditions(conditions, ctx));
  const filter = compileFilter(conditions, ctx);
  return (value) => {
    const doc = asDocument(value);
    return doc !== undefined && filter(doc);
  };
}
