import type { RecordState } from '../domain/record.js';
import type { Precondition } from './record-store.js';

/** Whether a precondition holds for what the store has. */
export function isMet(precondition: Precondition, current: RecordState): boolean {
  switch (precondition.kind) {
    case 'none':
      return true;
    case 'exists':
      return current.state === 'live';
    case 'absent':
      return current.state !== 'live';
    case 'version':
      return current.state === 'live' && current.record.version === precondition.version;
  }
}

/** What a write answers that does not happen: to a client that asked for no condition, the record is just absent. */
export function refusal(
  precondition: Precondition,
  current: RecordState,
): { outcome: 'absent' } | { outcome: 'precondition-failed'; current: RecordState } {
  return precondition.kind === 'none' ? { outcome: 'absent' } : { outcome: 'precondition-failed', current };
}
