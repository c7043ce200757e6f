/** A wrong word on the command line, or something that is missing: said without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
