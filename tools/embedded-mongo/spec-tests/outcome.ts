import { errorText } from '../src/errors.js';

/** The test does not apply here: another server version, another topology, something the driver cannot do. */
export class NotApplicable extends Error {}

/** What came is not what the test expects. */
export class Mismatch extends Error {}

export type Outcome =
  { kind: 'passed' } | { kind: 'skipped'; why: string } | { kind: 'failed'; error: unknown };

/** Runs a test and tells how it ended; never rejects. */
export async function outcomeOf(run: () => Promise<void>): Promise<Outcome> {
  try {
    await run();
    return { kind: 'passed' };
  } catch (error) {
    return error instanceof NotApplicable
      ? { kind: 'skipped', why: error.message }
      : { kind: 'failed', error };
  }
}

export function firstLineOf(error: unknown): string {
  return errorText(error).split('\n', 1)[0] ?? '';
}
