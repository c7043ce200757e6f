const END_OF_9999 = 253_402_300_799_999;
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Epoch milliseconds of a time given as such or as ISO 8601; undefined when it is neither, or not in 1970–9999. */
export function epochMs(time: unknown): number | undefined {
  const ms = typeof time === 'string' && ISO.test(time) ? Date.parse(time) : time;
  return typeof ms === 'number' && Number.isInteger(ms) && ms >= 0 && ms <= END_OF_9999 ? ms : undefined;
}

export const TIME_RULE = 'must be a time from 1970 to 9999: epoch milliseconds or ISO 8601';
