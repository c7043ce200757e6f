/** One thing that is wrong with what was handed in: `path` such as `[3].eventId` or `limit`. */
export interface AuditFault {
  readonly path: string;
  readonly message: string;
}

/** What was handed in breaks the rules. Nothing of the call was recorded; sending it again fails again. */
export class AuditInputError extends Error {
  override readonly name = 'AuditInputError';
  constructor(readonly faults: readonly AuditFault[]) {
    super(
      `not acceptable to the audit log: ${faults.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
    );
  }
}

/**
 * The store did not answer, or did not let the step happen. Whether an append took place is not known; repeating the
 * same call later is safe and settles it.
 */
export class AuditStoreUnavailableError extends Error {
  override readonly name = 'AuditStoreUnavailableError';
  constructor(
    readonly store: 'mongo' | 'postgres' | 'memory',
    message: string,
    options?: ErrorOptions,
  ) {
    super(`the audit log's store (${store}) is not available: ${message}`, options);
  }
}

/** The log was used after `close()`. */
export class AuditLogClosedError extends Error {
  override readonly name = 'AuditLogClosedError';
  constructor() {
    super('the audit log is closed');
  }
}
