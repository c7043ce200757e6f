import { commandError } from '../../../errors.js';
import { fromLocal, toLocal, type Zone } from './zone.js';

const MILLISECONDS = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

export type Unit = keyof typeof MILLISECONDS | keyof typeof MONTHS;

export function parseUnit(unit: unknown, operator: string): Unit {
  if (typeof unit === 'string' && (isMonths(unit) || Object.hasOwn(MILLISECONDS, unit))) return unit as Unit;
  throw commandError(
    9,
    `${operator} parameter 'unit' value cannot be recognized as a time unit: ${String(unit)}`,
  );
}

const isMonths = (unit: string): unit is keyof typeof MONTHS => Object.hasOwn(MONTHS, unit);

/** Days and longer units count on the wall clock; a month later is at most the month's last day. */
export function addUnits(date: Date, amount: number, unit: Unit, zone: Zone): Date {
  if (!isMonths(unit)) {
    const step = amount * MILLISECONDS[unit];
    if (unit !== 'day' && unit !== 'week') return new Date(date.getTime() + step);
    return fromLocal(toLocal(date.getTime(), zone).getTime() + step, zone);
  }
  const local = toLocal(date.getTime(), zone);
  const day = local.getUTCDate();
  local.setUTCDate(1);
  local.setUTCMonth(local.getUTCMonth() + amount * MONTHS[unit]);
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate();
  local.setUTCDate(Math.min(day, lastDay));
  return fromLocal(local.getTime(), zone);
}

const REFERENCE_YEAR = 2000;
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

export interface Bins {
  unit: Unit;
  size: number;
  zone: Zone;
  startOfWeek: string;
}

/** The number of the bin a date is in, counted from the year 2000. */
export function binOf(date: Date, { unit, size, zone, startOfWeek }: Bins): number {
  const local = toLocal(date.getTime(), zone);
  if (isMonths(unit)) {
    const months = (local.getUTCFullYear() - REFERENCE_YEAR) * 12 + local.getUTCMonth();
    return Math.floor(months / (MONTHS[unit] * size));
  }
  return Math.floor((local.getTime() - origin(unit, startOfWeek)) / (MILLISECONDS[unit] * size));
}

/** The first instant of the date's bin. */
export function truncateDate(date: Date, bins: Bins): Date {
  const { unit, size, zone, startOfWeek } = bins;
  const bin = binOf(date, bins);
  if (isMonths(unit)) return fromLocal(Date.UTC(REFERENCE_YEAR, bin * size * MONTHS[unit], 1), zone);
  return fromLocal(origin(unit, startOfWeek) + bin * size * MILLISECONDS[unit], zone);
}

/** The first start of a week in 2000, or its first day. */
function origin(unit: Unit, startOfWeek: string): number {
  if (unit !== 'week') return Date.UTC(REFERENCE_YEAR, 0, 1);
  const weekday = WEEKDAYS.findIndex((name) => name === startOfWeek || name.slice(0, 3) === startOfWeek);
  if (weekday < 0)
    throw commandError(9, `'startOfWeek' value cannot be recognized as a day of a week: ${startOfWeek}`);
  return Date.UTC(REFERENCE_YEAR, 0, 3 + weekday);
}
