/** What was found of one part of the sync. */
export interface HealthFact {
  readonly name: string;
  readonly up: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Looks at one part. Never rejects: a store that does not answer is a fact. */
export type HealthCheck = () => HealthFact | Promise<HealthFact>;
