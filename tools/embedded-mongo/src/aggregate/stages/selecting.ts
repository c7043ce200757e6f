import { commandError } from '../../errors.js';
import { compileFilter, compileSort } from '../../query/index.js';
import { asDocument, show, toSafeInteger } from '../../values/index.js';
import type { StageTable } from '../stage-types.js';

/** Stages that choose, order or count documents. */
export const SELECTING: StageTable = {
  $match: (argument, { ctx }) => {
    const filter = asDocument(argument);
    if (!filter) throw commandError(15959, 'the match filter must be an expression in an object');
    const matches = compileFilter(filter, ctx);
    return function* (docs) {
      for (const doc of docs) if (matches(doc)) yield doc;
    };
  },
  $sort: (argument, { ctx }) => {
    const spec = asDocument(argument);
    if (!spec) throw commandError(15973, 'the $sort key specification must be an object');
    if (Object.keys(spec).length === 0)
      throw commandError(15976, '$sort stage must have at least one sort key');
    const order = compileSort(spec, ctx.collation);
    return (docs) => [...docs].sort(order);
  },
  $skip: (argument) => {
    const count = countIn(argument, '$skip', 0);
    return function* (docs) {
      let skipped = 0;
      for (const doc of docs) if (skipped++ >= count) yield doc;
    };
  },
  $limit: (argument) => {
    const count = countIn(argument, '$limit', 1);
    return function* (docs) {
      let given = 0;
      for (const doc of docs) {
        yield doc;
        if (++given >= count) return;
      }
    };
  },
  $count: (argument) => {
    if (typeof argument !== 'string' || argument === '') {
      throw commandError(40156, 'the count field must be a non-empty string');
    }
    if (argument.startsWith('$')) throw commandError(40158, 'the count field cannot be a $-prefixed path');
    if (argument.includes('.')) throw commandError(40160, "the count field cannot contain '.'");
    return (docs) => {
      const count = [...docs].length;
      return count === 0 ? [] : [{ [argument]: count }];
    };
  },
  $sample: (argument) => {
    const size = countIn(asDocument(argument)?.size, '$sample', 1);
    return (docs) => {
      const pool = [...docs].map((doc) => ({ doc, rank: Math.random() }));
      return pool
        .sort((a, b) => a.rank - b.rank)
        .slice(0, size)
        .map(({ doc }) => doc);
    };
  },
};

function countIn(argument: unknown, stage: string, least: number): number {
  const count = toSafeInteger(argument);
  if (count === undefined || count < least) {
    const code = stage === '$limit' && count === 0 ? 15958 : 5107201;
    throw commandError(
      code,
      `invalid argument to ${stage} stage: Expected a ${least === 0 ? 'non-negative' : 'positive'} number in: ${stage}: ${show(argument)}`,
    );
  }
  return count;
}
