/**
 * 100, 400, 900 ms, …
 * @throws RangeError
 */
export function retryDelays(retries: number): readonly number[] {
  if (!Number.isSafeInteger(retries) || retries < 0 || retries > 20)
    throw new RangeError('retries must be a whole number from 0 to 20');
  return Array.from({ length: retries }, (_, index) => (index + 1) ** 2 * 100);
}
