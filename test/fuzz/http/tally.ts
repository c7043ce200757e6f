import type { Exchange, Verdict } from './judge.js';

export interface Failure {
  readonly fault: string;
  readonly operation: string;
  readonly count: number;
  /** Of the first occurrence. */
  readonly curl: string;
  readonly answer: string;
}

/** Counts what was sent and answered, and keeps the first occurrence of each kind of failure. */
export class Tally {
  requests = 0;
  readonly byOperation = new Map<string, Map<number, number>>();
  readonly byIntent = new Map<string, number>();
  private readonly found = new Map<string, Failure>();

  add({ request, response }: Exchange, { operation, faults }: Verdict, curl: () => string): void {
    this.requests += 1;
    const name = operation ? `${operation.service} ${operation.name}` : `${request.service} (no operation)`;
    const statuses = this.byOperation.get(name) ?? new Map<number, number>();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    this.byOperation.set(name, statuses);
    this.byIntent.set(request.intent, (this.byIntent.get(request.intent) ?? 0) + 1);
    const answer = `${response.status} ${response.body.toString('utf8', 0, 900)}`;
    for (const fault of faults) this.fail(name, fault, { curl, answer });
  }

  /** Something went wrong that is no answer's fault. */
  fail(operation: string, fault: string, { curl, answer }: { curl: () => string; answer: string }): void {
    const key = `${operation}\n${fault}`;
    const known = this.found.get(key);
    this.found.set(
      key,
      known ? { ...known, count: known.count + 1 } : { fault, operation, count: 1, curl: curl(), answer },
    );
  }

  get failures(): readonly Failure[] {
    return [...this.found.values()];
  }

  get statuses(): ReadonlyMap<number, number> {
    const sum = new Map<number, number>();
    for (const statuses of this.byOperation.values()) {
      for (const [status, count] of statuses) sum.set(status, (sum.get(status) ?? 0) + count);
    }
    return sum;
  }
}
