import type { Redis } from 'ioredis';
import { defineScript } from '../lua-script.js';
import type { StepCounter } from '../step-counter.js';
import { isError } from '../is-error.js';

type DeadLetterOutcome =
  | { readonly kind: 'moved'; readonly letterId: string }
  /** Somebody else settled the entry meanwhile. */
  | { readonly kind: 'gone' }
  /** Its data had been trimmed while it was pending. */
  | { readonly kind: 'lost' };

export interface DeadLetterReason {
  readonly id: string;
  readonly error: unknown;
  readonly attempts: number;
  /** Epoch ms. */
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
}

/** Longest error text kept, in characters. */
const MAX_ERROR_LENGTH = 1_000;

const deadLetterScript = defineScript<DeadLetterOutcome>({
  name: 'streams.dead-letter',
  file: new URL('../lua/dead-letter.lua', import.meta.url),
  decode: (raw) => {
    const [kind, letterId] = raw as [DeadLetterOutcome['kind'], string];
    return kind === 'moved' ? { kind, letterId } : { kind };
  },
});

interface DeadLetterTarget {
  readonly stream: string;
  readonly group: string;
  readonly dlq: string;
  readonly counter: StepCounter | null;
}

/** Moves pending entries of one group to the dead-letter stream, in one atomic step each. */
export class DeadLetterWriter {
  constructor(
    private readonly commands: Redis,
    private readonly target: DeadLetterTarget,
  ) {}

  write(reason: DeadLetterReason): Promise<DeadLetterOutcome> {
    const { stream, group, dlq, counter } = this.target;
    return deadLetterScript.run(
      this.commands,
      [stream, dlq, ...(counter ? [counter.key] : [])],
      [
        group,
        reason.id,
        describeError(reason.error),
        reason.attempts,
        reason.firstFailedAt,
        reason.lastFailedAt,
        ...(counter ? [counter.field] : []),
      ],
    );
  }
}

/** Name and message only: a stack says nothing to whoever reads dead letters and may show paths. */
export function describeError(error: unknown): string {
  const text = isError(error) ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, MAX_ERROR_LENGTH);
}
