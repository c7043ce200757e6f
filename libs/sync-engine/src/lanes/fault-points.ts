import type { ConflictLog } from '@redis-mongo-sync/sync-core';

/** Named points at which a test makes the engine fail. */
export interface FaultPoints {
  /** Losing versions are in the conflict log, and the write that overwrites them has yet to be sent. */
  readonly afterConflictsKept?: () => void;
}

export function withFaults(log: ConflictLog, { afterConflictsKept }: FaultPoints): ConflictLog {
  if (!afterConflictsKept) return log;
  return {
    keep: async (conflicts) => {
      await log.keep(conflicts);
      afterConflictsKept();
    },
  };
}
