import { Mismatch } from './outcome.js';

/** The promise's outcome, or a {@link Mismatch} when it takes longer than that. */
export async function within<T>(ms: number, otherwise: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Mismatch(otherwise));
    }, ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
