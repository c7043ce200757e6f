import { BSONRegExp } from 'bson';
import { commandError } from '../../../errors.js';
import { isRegex, toRegExp, typeName } from '../../../values/index.js';
import { isNullish, named, type NamedValues } from '../operands.js';
import type { OperatorFactory, OperatorTable } from '../types.js';

export const PATTERNS: OperatorTable = {
  $regexMatch: searching((text, regex) => regex.test(text), false),
  $regexFind: searching((text, regex) => {
    const match = regex.exec(text);
    return match && describe(text, match);
  }, null),
  $regexFindAll: searching((text, regex) => {
    const global = new RegExp(regex.source, `${regex.flags}g`);
    return [...text.matchAll(global)].map((match) => describe(text, match));
  }, []),
};

function searching(search: (text: string, regex: RegExp) => unknown, onNull: unknown): OperatorFactory {
  return named({ required: ['input', 'regex'], optional: ['options'] }, (get, { operator }) => {
    const input = get('input');
    const regex = regexOf(get, operator);
    if (isNullish(input) || !regex) return onNull;
    if (typeof input !== 'string') {
      throw commandError(51104, `${operator} needs 'input' to be of type string, found ${typeName(input)}`);
    }
    return search(input, regex);
  });
}

function regexOf(get: NamedValues, operator: string): RegExp | undefined {
  const pattern = get('regex');
  const options = get('options');
  if (!isNullish(options) && typeof options !== 'string') {
    throw commandError(51106, `${operator} needs 'options' to be of type string`);
  }
  if (isNullish(pattern)) return undefined;
  if (isRegex(pattern)) return toRegExp(pattern, options ?? undefined);
  if (typeof pattern !== 'string') {
    throw commandError(51105, `${operator} needs 'regex' to be of type string or regex`);
  }
  return toRegExp(new BSONRegExp(pattern, options ?? ''));
}

function describe(text: string, match: RegExpExecArray): unknown {
  return {
    match: match[0],
    idx: [...text.slice(0, match.index)].length,
    captures: match.slice(1).map((capture: string | undefined) => capture ?? null),
  };
}
