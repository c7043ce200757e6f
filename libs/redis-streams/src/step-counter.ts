/** A field of a Redis hash that a script counts up in the same step as its effect, for books that must be exact. */
export interface StepCounter {
  readonly key: string;
  readonly field: string;
}
