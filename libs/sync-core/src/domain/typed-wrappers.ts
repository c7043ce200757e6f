import { isJsonObject, type Json, type JsonObject } from './json.js';

/** Says what is wrong with the value beside a wrapper's name; `undefined`: nothing. */
type Rule = (value: Json) => string | undefined;

const RULES = {
  $oid: text(/^[0-9a-f]{24}$/i, '24 hexadecimal digits'),
  $numberInt: integer(-(2n ** 31n), 2n ** 31n - 1n, 'a whole number of 32 bits as text'),
  $numberLong: integer(-(2n ** 63n), 2n ** 63n - 1n, 'a whole number of 64 bits as text'),
  $numberDouble: when(isDouble, 'must be a number as text, "NaN", "Infinity" or "-Infinity"'),
  $numberDecimal: when(isDecimal, 'must be a decimal number as text, of at most 34 digits'),
  $date: faultOfDate,
  $binary: when(isBinary, 'must be {"base64": …, "subType": one or two hexadecimal digits}'),
  $uuid: text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'a UUID'),
  $regularExpression: when(isRegularExpression, 'must be {"pattern": …, "options": …}, texts without NUL'),
  $timestamp: when(isTimestamp, 'must be {"t": …, "i": …}, whole numbers from 0 to 4294967295'),
  $minKey: when((value) => value === 1, 'must be 1'),
  $maxKey: when((value) => value === 1, 'must be 1'),
  $code: when((value) => typeof value === 'string', 'must be text'),
  $symbol: when((value) => typeof value === 'string', 'must be text'),
  $undefined: when((value) => value === true, 'must be true'),
  $dbPointer: () => 'can be read, but no driver writes it any more; leave the field out to keep it',
} as const satisfies Readonly<Record<string, Rule>>;

export type WrapperName = keyof typeof RULES;

export function isWrapperName(name: string | undefined): name is WrapperName {
  return name !== undefined && Object.hasOwn(RULES, name);
}

/** What is wrong with an object that has this wrapper's name; `undefined`: nothing. A `$scope` is not looked into. */
export function faultOfWrapper(name: WrapperName, object: JsonObject): string | undefined {
  const names = Object.keys(object);
  const scope = object.$scope;
  if (name === '$code' && isJsonObject(scope)) names.splice(names.indexOf('$scope'), 1);
  if (names.length !== 1) return `${name} must be the only name; ${ESCAPE}`;
  const fault = RULES[name](object[name] ?? null);
  return fault && `${name} ${fault}; ${ESCAPE}`;
}

const ESCAPE = 'an object that is no typed value is stored as it is in {"$document": …}';

const MAX_LONG = 2n ** 63n - 1n;

/** A date, ms since 1970, that can be written exactly: MongoDB's driver hands dates on as doubles. */
export function isWritableDate(ms: bigint): boolean {
  return ms === MAX_LONG || BigInt(Number(ms)) === ms;
}

function when(holds: (value: Json) => boolean, message: string): Rule {
  return (value) => (holds(value) ? undefined : message);
}

function text(pattern: RegExp, what: string): Rule {
  return when((value) => typeof value === 'string' && pattern.test(value), `must be ${what}`);
}

function integer(least: bigint, most: bigint, what: string): Rule {
  return when((value) => {
    if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return false;
    return BigInt(value) >= least && BigInt(value) <= most;
  }, `must be ${what}`);
}

function isDouble(value: Json): boolean {
  if (typeof value !== 'string') return false;
  if (/^(NaN|-?Infinity)$/.test(value)) return true;
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value));
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;

function faultOfDate(value: Json): string | undefined {
  if (typeof value === 'string') {
    return isIsoDate(value) ? undefined : 'must be a date and time such as 2026-01-31T12:00:00.000Z';
  }
  const names = isJsonObject(value) ? Object.keys(value) : [];
  if (!isJsonObject(value) || names.length !== 1 || RULES.$numberLong(value.$numberLong ?? null)) {
    return 'must be text, or {"$numberLong": …} with milliseconds since 1970';
  }
  if (isWritableDate(BigInt(value.$numberLong as string))) return undefined;
  return 'is so far away that it can be read, but not written; leave the field out to keep it';
}

/** JavaScript reads the 30th of February as the 1st of March. */
function isIsoDate(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (!ISO_DATE.test(text) || Number.isNaN(midnight) || Number.isNaN(Date.parse(text))) return false;
  return new Date(midnight).toISOString().startsWith(day);
}

/** What IEEE 754 decimal128 holds without rounding. */
function isDecimal(value: Json): boolean {
  if (typeof value !== 'string') return false;
  if (/^(NaN|-?Infinity)$/.test(value)) return true;
  const [, whole, fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:E([+-]?\d{1,5}))?$/i.exec(value) ?? [];
  if (whole === undefined) return false;
  const digits = `${whole}${fraction}`.replace(/^0+/, '').length;
  const scale = Number(exponent) - fraction.length;
  return digits <= 34 && scale >= -6176 && scale <= 6111;
}

function isBinary(value: Json): boolean {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false;
  const { base64, subType } = value;
  return (
    typeof base64 === 'string' &&
    typeof subType === 'string' &&
    /^[0-9a-f]{1,2}$/i.test(subType) &&
    base64.length % 4 === 0 &&
    /^[A-Za-z0-9+/]*={0,2}$/.test(base64)
  );
}

function isRegularExpression(value: Json): boolean {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false;
  const isText = (part: Json | undefined) => typeof part === 'string' && !part.includes('\0');
  return isText(value.pattern) && isText(value.options);
}

function isTimestamp(value: Json): boolean {
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return false;
  return [value.t, value.i].every(
    (part) => Number.isInteger(part) && Number(part) >= 0 && Number(part) < 2 ** 32,
  );
}
