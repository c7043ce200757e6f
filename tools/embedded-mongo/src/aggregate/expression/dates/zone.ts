import { commandError } from '../../../errors.js';

/** Minutes and hours by a zone: given an instant (epoch ms), its offset from UTC in ms. */
export type Zone = (instant: number) => number;

const UTC: Zone = () => 0;

/** `UTC`, `+05:30`, `-0800`, `Europe/Berlin`. */
export function parseZone(zone: string | undefined): Zone {
  if (zone === undefined || ['UTC', 'GMT', 'Z', 'Etc/UTC'].includes(zone)) return UTC;
  const offset = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(zone);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    const milliseconds = (offset[1] === '-' ? -minutes : minutes) * 60_000;
    return () => milliseconds;
  }
  return namedZone(zone);
}

function namedZone(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw commandError(40485, `unrecognized time zone identifier: "${name}"`);
  }
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return local - Math.floor(instant / 1000) * 1000;
  };
}

/** The wall clock at an instant, as a Date whose UTC fields show it. */
export function toLocal(instant: number, zone: Zone): Date {
  return new Date(instant + zone(instant));
}

/** The instant at which the wall clock (ms, as by Date.UTC) shows this time. */
export function fromLocal(local: number, zone: Zone): Date {
  const guess = local - zone(local);
  return new Date(local - zone(guess));
}
