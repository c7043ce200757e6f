import { commandError } from '../../../errors.js';
import { fromLocal, parseZone } from './zone.js';

const ISO =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;

/** An ISO 8601 date with optional time and zone; without a zone it is read as `zone` or UTC. */
export function parseDate(text: string, zone?: string): Date {
  const match = ISO.exec(text);
  if (!match) throw unreadable(text);
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', own] = match;
  if (own !== undefined && zone !== undefined) {
    throw commandError(
      241,
      `Error parsing date string '${text}': passing a time zone identifier as part of the string is not allowed when 'timezone' is given`,
    );
  }
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const local = Date.UTC(fields[0], fields[1] - 1, fields[2], fields[3], fields[4], fields[5], milliseconds);
  if (!isRealDate(local, fields)) throw unreadable(text);
  return fromLocal(local, parseZone(own ?? zone));
}

/** Date.UTC rolls the 31st of April over; a date string has to mean what it says. */
function isRealDate(local: number, [, month, day, hour, minute, second]: readonly number[]): boolean {
  const date = new Date(local);
  return (
    date.getUTCMonth() + 1 === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  );
}

const unreadable = (text: string): Error =>
  commandError(241, `Error parsing date string '${text}' (this stand-in reads ISO 8601 only)`);
