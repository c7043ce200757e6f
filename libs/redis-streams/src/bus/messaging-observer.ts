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
  /** A subscription's trouble beyond single messages: outage, group lost, entries lost, fatal. */
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
    trouble: (fact) => observers.forEach((observer) => observer.trouble?.(fact)),
  };
}
