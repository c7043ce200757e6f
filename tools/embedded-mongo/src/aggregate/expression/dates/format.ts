import { commandError } from '../../../errors.js';
import { CALENDAR } from './fields.js';
import { toLocal, type Zone } from './zone.js';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const SPECIFIERS: Readonly<Record<string, (local: Date, offset: number) => string>> = {
  Y: (local) => pad(CALENDAR.year(local), 4),
  m: (local) => pad(CALENDAR.month(local), 2),
  d: (local) => pad(CALENDAR.dayOfMonth(local), 2),
  H: (local) => pad(CALENDAR.hour(local), 2),
  M: (local) => pad(CALENDAR.minute(local), 2),
  S: (local) => pad(CALENDAR.second(local), 2),
  L: (local) => pad(CALENDAR.millisecond(local), 3),
  j: (local) => pad(CALENDAR.dayOfYear(local), 3),
  w: (local) => String(CALENDAR.dayOfWeek(local)),
  u: (local) => String(CALENDAR.isoDayOfWeek(local)),
  U: (local) => pad(CALENDAR.week(local), 2),
  V: (local) => pad(CALENDAR.isoWeek(local), 2),
  G: (local) => pad(CALENDAR.isoWeekYear(local), 4),
  b: (local) => MONTHS[local.getUTCMonth()]!.slice(0, 3),
  B: (local) => MONTHS[local.getUTCMonth()]!,
  z: (_local, offset) => offsetText(offset),
  Z: (_local, offset) => String(Math.trunc(offset / 60_000)),
  '%': () => '%',
};

/** By mongod's specifiers: `%Y-%m-%dT%H:%M:%S.%LZ`. */
export function formatDate(date: Date, format: string, zone: Zone): string {
  const offset = zone(date.getTime());
  const local = toLocal(date.getTime(), zone);
  return format.replace(/%([\s\S]?)/g, (_text, name: string) => {
    const specifier = Object.hasOwn(SPECIFIERS, name) ? SPECIFIERS[name] : undefined;
    if (!specifier) throw commandError(18536, `Invalid format character '%${name}' in format string`);
    return specifier(local, offset);
  });
}

function offsetText(offset: number): string {
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
}
