/** Why a test is allowed to fail. Anything else that fails, fails the run. */
export type FailureReason = 'refused' | 'driver' | 'secondary';

export const REASONS: Record<FailureReason, string> = {
  refused: 'refused (238)',
  driver: 'as a real server (driver behaviour)',
  secondary: 'as a real server (needs a secondary)',
};

interface ExpectedFailure {
  /** `suite/file :: description` */
  test: string;
  reason: FailureReason;
  /** What the failure says, in part: another failure of the same test is not excused. */
  says: string;
}

const refused = (test: string, says: string): ExpectedFailure => ({ test, reason: 'refused', says });
const driver = (test: string, says: string): ExpectedFailure => ({ test, reason: 'driver', says });
const secondary = (test: string): ExpectedFailure => ({
  test,
  reason: 'secondary',
  says: 'Server selection timed out',
});

const omitsFalse = (what: string): ExpectedFailure =>
  driver(
    `crud/bypassDocumentValidation :: ${what} passes bypassDocumentValidation: false`,
    'bypassDocumentValidation: missing',
  );
/** The driver takes `_id: null` for "no _id" and makes one. */
const replacesNullId = (what: string): ExpectedFailure =>
  driver(`crud/create-null-ids :: inserting _id with type null via ${what}`, 'expected 1, got 0');

export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [
  refused(
    'change-streams/change-streams-showExpandedEvents :: when showExpandedEvents is true, create events on views are reported',
    'views',
  ),
  refused('crud/estimatedDocumentCount :: estimatedDocumentCount works correctly on views', 'views'),
  refused(
    'run-command/runCursorCommand :: does not close the cursor when receiving an empty batch',
    'capped collections',
  ),
  omitsFalse('Aggregate with $out'),
  omitsFalse('BulkWrite'),
  omitsFalse('FindOneAndReplace'),
  omitsFalse('FindOneAndUpdate'),
  omitsFalse('InsertMany'),
  replacesNullId('insertOne'),
  replacesNullId('insertMany'),
  replacesNullId('bulkWrite'),
  // The driver's error lists the id of the insert that failed.
  driver('retryable-writes/bulkWrite :: First insertOne is never committed', 'unexpected 0: 2'),
  secondary(
    'transactions/run-command :: run command with secondary read preference in client option and primary read preference in transaction options',
  ),
  secondary('transactions/transaction-options :: readPreference inherited from client'),
];
