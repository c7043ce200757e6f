import { commandError } from '../../../errors.js';
import { asNumeric, compareStrings, typeName } from '../../../values/index.js';
import {
  between,
  fixed,
  isNullish,
  named,
  unary,
  variadic,
  type CallSite,
  type NamedValues,
} from '../operands.js';
import type { OperatorFactory, OperatorTable } from '../types.js';
import { integerIn, rangeOf } from './arrays.js';
import { convertToString } from './conversion.js';

export const STRINGS: OperatorTable = {
  $concat: variadic((values, site) =>
    values.some(isNullish) ? null : values.map((value) => stringIn(value, site, 16702)).join(''),
  ),
  $toLower: unary((value) => asciiCase(textIn(value), (text) => text.toLowerCase())),
  $toUpper: unary((value) => asciiCase(textIn(value), (text) => text.toUpperCase())),
  $strcasecmp: fixed(2, (values) => {
    const [a, b] = values.map((value) => asciiCase(textIn(value), (text) => text.toUpperCase())) as [
      string,
      string,
    ];
    return Math.sign(compareStrings(a, b));
  }),
  $strLenCP: unary((value, site) => [...stringIn(value, site, 34471)].length),
  $strLenBytes: unary((value, site) => Buffer.byteLength(stringIn(value, site, 34473))),
  $substrCP: fixed(3, substrCP),
  $substrBytes: fixed(3, substrBytes),
  $substr: fixed(3, substrBytes),
  $indexOfCP: between(2, 4, indexOfCP),
  $indexOfBytes: between(2, 4, indexOfBytes),
  $split: fixed(2, ([text, separator], site) => {
    if (isNullish(text) || isNullish(separator)) return null;
    const by = stringIn(separator, site, 40086);
    if (by === '') throw commandError(40087, '$split requires a non-empty separator');
    return stringIn(text, site, 40085).split(by);
  }),
  $trim: trimming(true, true),
  $ltrim: trimming(true, false),
  $rtrim: trimming(false, true),
  $replaceOne: replacing((text, find, replacement) => text.replace(find, () => replacement)),
  $replaceAll: replacing((text, find, replacement) => text.replaceAll(find, () => replacement)),
};

function stringIn(value: unknown, { operator }: CallSite, code = 14): string {
  if (typeof value !== 'string') {
    throw commandError(code, `${operator} requires a string argument, found: ${typeName(value)}`);
  }
  return value;
}

/** For the operators that take numbers and dates as their text, and null as the empty string. */
function textIn(value: unknown): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (asNumeric(value) !== undefined || value instanceof Date) return convertToString(value);
  throw commandError(16007, `can't convert from BSON type ${typeName(value)} to String`);
}

const asciiCase = (text: string, change: (text: string) => string): string =>
  text.replace(/[A-Za-z]+/g, change);

function substrCP([value, start, length]: unknown[], site: CallSite): string {
  const from = integerIn(start, site);
  const count = integerIn(length, site);
  if (from < 0 || count < 0)
    throw commandError(34455, '$substrCP: starting index and length must be non-negative');
  return [...textIn(value)].slice(from, from + count).join('');
}

function substrBytes([value, start, length]: unknown[], site: CallSite): string {
  const bytes = Buffer.from(textIn(value));
  const from = integerIn(start, site);
  if (from < 0)
    throw commandError(50752, `${site.operator}: starting index must be non-negative (got: ${from})`);
  const count = integerIn(length, site);
  const end = count < 0 ? bytes.length : Math.min(bytes.length, from + count);
  if (isContinuation(bytes[from]) || isContinuation(bytes[end])) {
    throw commandError(
      28656,
      `${site.operator}: Invalid range, starting or ending in the middle of a UTF-8 character.`,
    );
  }
  return bytes.subarray(from, end).toString();
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function indexOfCP([value, wanted, start, end]: unknown[], site: CallSite): number | null {
  if (isNullish(value)) return null;
  const points = [...stringIn(value, site, 40093)];
  const searched = [...stringIn(wanted, site, 40094)];
  const [from, to] = rangeOf(start, end, site);
  const last = Math.min(points.length, to) - searched.length;
  for (let i = from; i <= last; i++) {
    if (searched.every((point, k) => points[i + k] === point)) return i;
  }
  return -1;
}

function indexOfBytes([value, wanted, start, end]: unknown[], site: CallSite): number | null {
  if (isNullish(value)) return null;
  const bytes = Buffer.from(stringIn(value, site, 40091));
  const searched = Buffer.from(stringIn(wanted, site, 40092));
  const [from, to] = rangeOf(start, end, site);
  if (from > bytes.length) return -1;
  return bytes.subarray(0, to).indexOf(searched, from);
}

const WHITESPACE = [
  ...'\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
];

function trimming(left: boolean, right: boolean): OperatorFactory {
  return named({ required: ['input'], optional: ['chars'] }, (get, site) => {
    const input = get('input');
    if (isNullish(input)) return null;
    const points = [...stringIn(input, site, 50699)];
    const chars = get('chars');
    if (chars === null) return null;
    const dropped = new Set(chars === undefined ? WHITESPACE : stringIn(chars, site, 50700));
    let start = 0;
    let end = points.length;
    while (left && start < end && dropped.has(points[start]!)) start++;
    while (right && end > start && dropped.has(points[end - 1]!)) end--;
    return points.slice(start, end).join('');
  });
}

type Replacement = (text: string, find: string, replacement: string) => string;

function replacing(replace: Replacement): OperatorFactory {
  return named({ required: ['input', 'find', 'replacement'] }, (get: NamedValues, site) => {
    const values = [get('input'), get('find'), get('replacement')];
    const texts = values.map((value) => (isNullish(value) ? null : stringIn(value, site, 51746)));
    const [text, find, replacement] = texts;
    if (text == null || find == null || replacement == null) return null;
    return replace(text, find, replacement);
  });
}
