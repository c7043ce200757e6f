import { MongoServerError } from 'mongodb';
import { EXPECTED_FAILURES, type FailureReason } from './expected-failures.js';
import { firstLineOf } from './outcome.js';

const NOT_IMPLEMENTED = 238;

/** The reason a failure is excused for, if it is. */
export function explainFailure(test: string, error: unknown): FailureReason | undefined {
  const expected = EXPECTED_FAILURES.find((it) => it.test === test);
  if (!expected || !firstLineOf(error).includes(expected.says)) return undefined;
  const isRefusal = error instanceof MongoServerError && error.code === NOT_IMPLEMENTED;
  return (expected.reason === 'refused') === isRefusal ? expected.reason : undefined;
}

/** True for tests that should have failed: the list is out of date. */
export function wasToFail(test: string): boolean {
  return EXPECTED_FAILURES.some((it) => it.test === test);
}
