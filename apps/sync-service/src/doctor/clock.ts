import type { Found } from './finding.js';

/** From here on alerts are given, and from a minute on versions become dead letters. */
const ALERT_MS = 5_000;
const REFUSED_MS = 60_000;

interface ClockReading {
  readonly name: string;
  /** Local clock, ms, around the question. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly theirs: number;
}

/** How far another clock is from this one, within half of what the question took. */
export function clockFinding({ name, sentAt, receivedAt, theirs }: ClockReading): Found {
  const off = theirs - (sentAt + receivedAt) / 2;
  const doubt = (receivedAt - sentAt) / 2;
  const surely = Math.max(0, Math.abs(off) - doubt);
  const seconds = (Math.abs(off) / 1000).toFixed(1);
  if (surely < ALERT_MS) return { name, verdict: 'fine', says: 'goes with the one here, within 5 s' };
  const says = `is ${seconds} s ${off > 0 ? 'ahead of' : 'behind'} the one here: the side that is ahead wins conflicts`;
  if (surely < REFUSED_MS) return { name, verdict: 'notice', says };
  return { name, verdict: 'mend', says, mend: ['set the clocks by NTP'] };
}
