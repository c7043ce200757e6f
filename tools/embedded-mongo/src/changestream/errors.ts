import { commandError, type CommandError } from '../errors.js';

/** Resuming would meet the same error again: drivers give such a stream up. */
export function nonResumable(error: CommandError): CommandError {
  error.errorLabels = ['NonResumableChangeStreamError'];
  return error;
}

export function historyLost(): CommandError {
  return nonResumable(
    commandError(
      286,
      'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
    ),
  );
}
