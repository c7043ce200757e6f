import { ObjectId, Timestamp } from 'bson';
import { CommandError, commandError, unsupported } from '../../../errors.js';
import { asDocument, toSafeInteger, typeName } from '../../../values/index.js';
import { CALENDAR, type CalendarField } from '../dates/fields.js';
import { formatDate } from '../dates/format.js';
import { parseDate } from '../dates/parse.js';
import { addUnits, binOf, parseUnit, truncateDate, type Bins } from '../dates/units.js';
import { fromLocal, parseZone, toLocal, type Zone } from '../dates/zone.js';
import { compileOperands, isNullish, named, namedArguments, type NamedValues } from '../operands.js';
import type { Evaluator, ExpressionCompiler, OperatorFactory, OperatorTable } from '../types.js';

export const DATES: OperatorTable = {
  ...Object.fromEntries(
    (Object.keys(CALENDAR) as CalendarField[]).map((field) => [`$${field}`, calendarField(field)]),
  ),
  $dateToString: named(
    { required: ['date'], optional: ['format', 'timezone', 'onNull'] },
    (get, { operator }) => {
      const date = get('date');
      if (isNullish(date)) return get('onNull') ?? null;
      const zone = zoneIn(get);
      if (zone === null) return null;
      const format = get('format') ?? '%Y-%m-%dT%H:%M:%S.%LZ';
      if (typeof format !== 'string')
        throw commandError(18533, `${operator} requires that 'format' be a string`);
      return formatDate(dateIn(date, operator), format, zone);
    },
  ),
  $dateFromString: dateFromString,
  $dateToParts: named({ required: ['date'], optional: ['timezone', 'iso8601'] }, (get, { operator }) => {
    const zone = zoneIn(get);
    if (isNullish(get('date')) || zone === null) return null;
    const local = toLocal(dateIn(get('date'), operator).getTime(), zone);
    const fields: readonly CalendarField[] = get('iso8601') === true ? ISO_PARTS : PARTS;
    return Object.fromEntries(fields.map((field) => [PART_NAMES[field] ?? field, CALENDAR[field](local)]));
  }),
  $dateFromParts: named(
    { required: ['year'], optional: ['month', 'day', 'hour', 'minute', 'second', 'millisecond', 'timezone'] },
    dateFromParts,
  ),
  $dateAdd: named(
    { required: ['startDate', 'unit', 'amount'], optional: ['timezone'] },
    (get, { operator }) => shifted(get, 1, operator),
  ),
  $dateSubtract: named(
    { required: ['startDate', 'unit', 'amount'], optional: ['timezone'] },
    (get, { operator }) => shifted(get, -1, operator),
  ),
  $dateDiff: named(
    { required: ['startDate', 'endDate', 'unit'], optional: ['timezone', 'startOfWeek'] },
    (get, { operator }) => {
      const zone = zoneIn(get);
      const dates = [get('startDate'), get('endDate')];
      if (dates.some(isNullish) || zone === null) return null;
      const [start, end] = dates.map((date) =>
        binOf(dateIn(date, operator), binsIn(get, zone, operator, 'sunday')),
      );
      return BigInt(end! - start!);
    },
  ),
  $dateTrunc: named(
    { required: ['date', 'unit'], optional: ['binSize', 'timezone', 'startOfWeek'] },
    (get, { operator }) => {
      const zone = zoneIn(get);
      if (isNullish(get('date')) || zone === null) return null;
      return truncateDate(dateIn(get('date'), operator), binsIn(get, zone, operator, 'sunday'));
    },
  ),
};

const PARTS = ['year', 'month', 'dayOfMonth', 'hour', 'minute', 'second', 'millisecond'] as const;
const ISO_PARTS = [
  'isoWeekYear',
  'isoWeek',
  'isoDayOfWeek',
  'hour',
  'minute',
  'second',
  'millisecond',
] as const;
const PART_NAMES: Readonly<Record<string, string>> = { dayOfMonth: 'day' };

/** Dates, and what carries one: ObjectId and Timestamp. */
function dateIn(value: unknown, operator: string): Date {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.t * 1000);
  throw commandError(16006, `${operator}: can't convert from BSON type ${typeName(value)} to Date`);
}

/** null for an expression that gave null. */
function zoneIn(get: NamedValues): Zone | null {
  const zone = get('timezone');
  if (zone === null) return null;
  if (zone !== undefined && typeof zone !== 'string') {
    throw commandError(40517, `timezone must evaluate to a string, found ${typeName(zone)}`);
  }
  return parseZone(zone);
}

/** `{$year: date}` and `{$year: {date, timezone}}`. */
function calendarField(field: CalendarField): OperatorFactory {
  const compute = (get: NamedValues, operator: string): unknown => {
    const zone = zoneIn(get);
    if (isNullish(get('date')) || zone === null) return null;
    const result = CALENDAR[field](toLocal(dateIn(get('date'), operator).getTime(), zone));
    return field === 'isoWeekYear' ? BigInt(result) : result;
  };
  const full = named({ required: ['date'], optional: ['timezone'] }, (get, { operator }) =>
    compute(get, operator),
  );
  return (argument, compiler, operator) => {
    const doc = asDocument(argument);
    if (doc && Object.hasOwn(doc, 'date')) return full(argument, compiler, operator);
    const [date, ...more] = compileOperands(argument, compiler);
    if (!date || more.length > 0)
      throw commandError(40536, `${operator} accepts exactly one argument if given an array`);
    return (scope) => compute((name) => (name === 'date' ? date(scope) : undefined), operator);
  };
}

function dateFromString(argument: unknown, compiler: ExpressionCompiler): Evaluator {
  const parts = namedArguments(argument, '$dateFromString', {
    required: ['dateString'],
    optional: ['timezone', 'onError', 'onNull', 'format'],
  });
  if (parts.has('format')) throw unsupported("the parameter 'format' of $dateFromString");
  const [text, timezone, onError, onNull] = ['dateString', 'timezone', 'onError', 'onNull'].map((name) =>
    compiler.compile(parts.get(name) ?? null),
  ) as [Evaluator, Evaluator, Evaluator, Evaluator];
  return (scope) => {
    const value = text(scope);
    if (isNullish(value)) return onNull(scope);
    try {
      if (typeof value !== 'string') {
        throw commandError(
          241,
          `$dateFromString requires that 'dateString' be a string, found: ${typeName(value)}`,
        );
      }
      const zone = timezone(scope);
      return parseDate(value, typeof zone === 'string' ? zone : undefined);
    } catch (error) {
      if (parts.has('onError') && error instanceof CommandError) return onError(scope);
      throw error;
    }
  };
}

function dateFromParts(get: NamedValues): Date | null {
  const zone = zoneIn(get);
  const names = ['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond'];
  const values = names.map(
    (name, i) => get(name) ?? (get(name) === null ? null : i === 1 || i === 2 ? 1 : 0),
  );
  if (values.includes(null) || zone === null) return null;
  const [year, month, ...rest] = values.map((value, i) => {
    const integer = toSafeInteger(value);
    if (integer === undefined)
      throw commandError(40515, `'${names[i]}' must evaluate to an integer, found ${typeName(value)}`);
    return integer;
  }) as [number, number, number, number, number, number, number];
  if (year < 1 || year > 9999)
    throw commandError(40523, `'year' must evaluate to an integer in the range 1 to 9999, found ${year}`);
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, rest[0]);
  local.setUTCHours(rest[1], rest[2], rest[3], rest[4]);
  return fromLocal(local.getTime(), zone);
}

function shifted(get: NamedValues, sign: 1 | -1, operator: string): Date | null {
  const zone = zoneIn(get);
  const values = [get('startDate'), get('unit'), get('amount')];
  if (values.some(isNullish) || zone === null) return null;
  const amount = toSafeInteger(get('amount'));
  if (amount === undefined) throw commandError(5166405, `${operator} expects whole number of time units`);
  const date = addUnits(
    dateIn(get('startDate'), operator),
    sign * amount,
    parseUnit(get('unit'), operator),
    zone,
  );
  if (Number.isNaN(date.getTime())) throw commandError(5166406, `${operator} overflowed`);
  return date;
}

function binsIn(get: NamedValues, zone: Zone, operator: string, firstDay: string): Bins {
  const startOfWeek = get('startOfWeek') ?? firstDay;
  if (typeof startOfWeek !== 'string') {
    throw commandError(
      5439015,
      `${operator} requires 'startOfWeek' to be a string, found ${typeName(startOfWeek)}`,
    );
  }
  const size = toSafeInteger(get('binSize') ?? 1);
  if (size === undefined || size < 1)
    throw commandError(5439017, `${operator} requires 'binSize' to be a positive whole number`);
  return {
    unit: parseUnit(get('unit'), operator),
    size,
    zone,
    startOfWeek: startOfWeek.toLowerCase(),
  };
}
