/**
 * Errors as a MongoDB server reports them: a number, its name and a message. Everything the library
 * refuses is one of these; the server half puts them on the wire unchanged.
 */

const NAMES: Readonly<Record<number, string>> = {
  1: 'InternalError',
  2: 'BadValue',
  6: 'HostUnreachable',
  7: 'HostNotFound',
  8: 'UnknownError',
  9: 'FailedToParse',
  11: 'UserNotFound',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  15: 'Overflow',
  16: 'InvalidLength',
  17: 'ProtocolError',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  47: 'NoMatchingDocument',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  55: 'InvalidDBRef',
  56: 'EmptyFieldName',
  57: 'DottedFieldName',
  59: 'CommandNotFound',
  63: 'StaleShardVersion',
  64: 'WriteConcernFailed',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  79: 'UnknownReplWriteConcern',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  89: 'NetworkTimeout',
  91: 'ShutdownInProgress',
  96: 'OperationFailed',
  100: 'UnsatisfiableWriteConcern',
  112: 'WriteConflict',
  115: 'CommandNotSupported',
  121: 'DocumentValidationFailure',
  133: 'FailedToSatisfyReadPreference',
  136: 'CappedPositionLost',
  146: 'ExceededMemoryLimit',
  150: 'StaleEpoch',
  159: 'DurationOverflow',
  166: 'CommandNotSupportedOnView',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  183: 'IllegalChangeToExpectedDatabaseVersion',
  189: 'PrimarySteppedDown',
  197: 'InvalidIndexSpecificationOption',
  211: 'KeyNotFound',
  224: 'QueryFeatureNotAllowed',
  225: 'TransactionTooOld',
  234: 'RetryChangeStream',
  237: 'CursorKilled',
  238: 'NotImplemented',
  241: 'ConversionFailure',
  246: 'SnapshotUnavailable',
  251: 'NoSuchTransaction',
  256: 'TransactionCommitted',
  257: 'TransactionTooLarge',
  260: 'InvalidResumeToken',
  262: 'ExceededTimeLimit',
  263: 'OperationNotSupportedInTransaction',
  267: 'PreparedTransactionInProgress',
  280: 'ChangeStreamFatalError',
  286: 'ChangeStreamHistoryLost',
  317: 'ConnectionPoolExpired',
  391: 'ReauthenticationRequired',
  9001: 'SocketException',
  10107: 'NotWritablePrimary',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  11601: 'Interrupted',
  11602: 'InterruptedDueToReplStateChange',
  13388: 'StaleConfig',
  13435: 'NotPrimaryNoSecondaryOk',
  13436: 'NotPrimaryOrSecondary',
  14031: 'OutOfDiskSpace',
};

/** The name MongoDB gives a code; codes without a name of their own read `Location<code>`. */
function codeNameOf(code: number): string {
  return NAMES[code] ?? `Location${code}`;
}

export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** e.g. `TransientTransactionError`; set by whoever knows the situation the error arose in. */
  errorLabels?: string[];
  /** Further fields of the reply, such as `keyPattern` and `keyValue` of a duplicate key. */
  readonly extra?: Readonly<Record<string, unknown>>;

  constructor(code: number, message: string, extra?: Readonly<Record<string, unknown>>) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.codeName = codeNameOf(code);
    if (extra) this.extra = extra;
  }
}

export function commandError(
  code: number,
  message: string,
  extra?: Readonly<Record<string, unknown>>,
): CommandError {
  return new CommandError(code, message, extra);
}

/** What this library does not do it refuses by name, so that no test passes on a wrong answer. */
export function unsupported(feature: string): CommandError {
  return commandError(
    238,
    `${feature} is not supported by the embedded MongoDB stand-in; use a real MongoDB server for it`,
  );
}

/** The message of whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
