import { fieldOf, type EvalContext } from '../values/index.js';
import { compileConditions, operatorsOf, type Condition } from './condition.js';
import { allOf, negated, type Filter, type ValueTest } from './filter-types.js';
import { equalTo } from './value-tests.js';
import { walkPath } from './walk-path.js';

/** What is said about one field: a value to equal, or a document of operators. */
export function compileField(path: string, condition: unknown, ctx: EvalContext): Filter {
  const operators = operatorsOf(condition);
  if (!operators) return anyValue(path, equalTo(condition, ctx.collation));
  return overPath(path, compileConditions(operators, ctx));
}

function overPath(path: string, conditions: readonly Condition[]): Filter {
  return allOf(
    conditions.map((condition) => {
      switch (condition.of) {
        case 'value':
          return anyValue(path, condition.test);
        case 'array':
          return anyArray(path, condition);
        case 'conditions':
          return overPath(path, condition.all);
        case 'negation':
          return negated(overPath(path, condition.not));
      }
    }),
  );
}

/** True if the path leads to a value, or to an array with an element, that passes. */
function anyValue(path: string, test: ValueTest): Filter {
  if (path.includes('.')) return anyNestedValue(path, test);
  return (doc, match) => {
    const value = fieldOf(doc, path);
    if (Array.isArray(value)) {
      const index = value.findIndex(test);
      if (index >= 0) {
        if (match) match.index = index;
        return true;
      }
    }
    return test(value);
  };
}

function anyNestedValue(path: string, test: ValueTest): Filter {
  return (doc, match) =>
    walkPath(doc, path, (value, arrayIndex, expandable) => {
      const index = expandable && Array.isArray(value) ? value.findIndex(test) : -1;
      if (index < 0 && !test(value)) return false;
      const position = arrayIndex ?? (index < 0 ? undefined : index);
      if (match && position !== undefined) match.index = position;
      return true;
    });
}

/** True if the path leads to an array that fulfils the condition. */
function anyArray(path: string, condition: Extract<Condition, { of: 'array' }>): Filter {
  return (doc, match) =>
    walkPath(doc, path, (value, arrayIndex) => {
      if (!Array.isArray(value)) return false;
      const index = condition.find(value);
      if (index < 0) return false;
      const position = arrayIndex ?? (condition.positional ? index : undefined);
      if (match && position !== undefined) match.index = position;
      return true;
    });
}
