import { EVENT_FIELD } from '../envelope/event-codec.js';
import type { DeadLetter } from './dead-letter.js';

/** Which letters are meant; all conditions must hold. */
export interface LetterFilter {
  /** Type of the event. */
  readonly type?: string;
  readonly group?: string;
  /** Dead-lettered at or after this time. */
  readonly from?: Date;
  /** Dead-lettered before this time. */
  readonly to?: Date;
  /** Part of the error text, without regard to case. */
  readonly error?: string;
}

export function matches(letter: DeadLetter, filter: LetterFilter): boolean {
  const at = Number(letter.letterId.split('-')[0]);
  if (filter.from && at < filter.from.getTime()) return false;
  if (filter.to && at >= filter.to.getTime()) return false;
  if (filter.group !== undefined && letter.group !== filter.group) return false;
  if (filter.error !== undefined && !letter.error.toLowerCase().includes(filter.error.toLowerCase()))
    return false;
  return filter.type === undefined || typeOf(letter) === filter.type;
}

/** Type of the event in a letter; empty when it holds none. */
export function typeOf(letter: DeadLetter): string {
  try {
    const event: unknown = JSON.parse(letter.fields[EVENT_FIELD] ?? '');
    return typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '';
  } catch {
    return '';
  }
}
