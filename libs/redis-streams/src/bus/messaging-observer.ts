export interface PublishedFact {
  readonly stream: string;
  readonly type: string;
  readonly outcome: 'accepted' | 'duplicate' | 'rejected' | 'failed';
}

export interface HandledFact {
  readonly stream: string;
  readonly group: string;
  /** Empty when the entry could not be read. */
  readonly type: string;
}

export interface DeadLetterAlert {
  readonly stream: string;
  /** False when there are fewer again. */
  readonly raised: boolean;
  readonly size: number;
}

/** What happens on the bus, for metrics and logs. Must not throw; every method is called synchronously. */
export interface MessagingObserver {
  published?(fact: PublishedFact): void;
  /** `durationMs`: the handler's time. */
  processed?(fact: HandledFact & { readonly durationMs: number }): void;
  /** One try failed; `willRetry` tells whether another one follows. */
  failed?(fact: HandledFact & { readonly error: unknown; readonly willRetry: boolean }): void;
  /** The event had been handled already and was skipped. */
  skipped?(fact: HandledFact): void;
  deadLettered?(fact: HandledFact & { readonly error: unknown; readonly letterId: string }): void;
  /** The dead letters of a subscribed stream pile up; `DeadLetterRules.alertAt` says how many that are. */
  deadLetterAlert?(alert: DeadLetterAlert): void;
  /**
   * A subscription's trouble beyond single messages: `waiting` (an outage), `group-lost`, `lost` (entries),
   * `types-conflict`, `lease`, `fatal`.
   */
  trouble?(fact: {
    readonly stream: string;
    readonly group: string;
    readonly kind: string;
    readonly error?: unknown;
  }): void;
}

/** Tells each of several observers. */
export function observeAll(observers: readonly MessagingObserver[]): MessagingObserver {
  return {
    published: (fact) => observers.forEach((observer) => observer.published?.(fact)),
    processed: (fact) => observers.forEach((observer) => observer.processed?.(fact)),
    failed: (fact) => observers.forEach((observer) => observer.failed?.(fact)),
    skipped: (fact) => observers.forEach((observer) => observer.skipped?.(fact)),
    deadLettered: (fact) => observers.forEach((observer) => observer.deadLettered?.(fact)),
    deadLetterAlert: (alert) => observers.forEach((observer) => observer.deadLetterAlert?.(alert)),
    trouble: (fact) => observers.forEach((observer) => observer.trouble?.(fact)),
  };
}
