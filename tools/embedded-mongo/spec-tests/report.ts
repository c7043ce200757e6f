import { explainFailure, wasToFail } from './explain-failure.js';
import { REASONS, type FailureReason } from './expected-failures.js';
import { firstLineOf, type Outcome } from './outcome.js';

interface Failure {
  test: string;
  says: string;
  reason: FailureReason | undefined;
}

/** How the tests of one suite ended. */
export class SuiteReport {
  passed = 0;
  readonly failures: Failure[] = [];
  readonly skips = new Map<string, number>();
  /** Passed, though listed as expected to fail. */
  readonly surprises: string[] = [];

  constructor(readonly name: string) {}

  add(test: string, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'passed':
        this.passed++;
        if (wasToFail(test)) this.surprises.push(test);
        return;
      case 'skipped':
        this.skips.set(outcome.why, (this.skips.get(outcome.why) ?? 0) + 1);
        return;
      case 'failed': {
        const { error } = outcome;
        this.failures.push({ test, says: firstLineOf(error), reason: explainFailure(test, error) });
      }
    }
  }

  count(reason: FailureReason | undefined): number {
    return this.failures.filter((failure) => failure.reason === reason).length;
  }

  get skipped(): number {
    return [...this.skips.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** The table, then every failure, then why tests were skipped; Markdown. */
export function render(reports: readonly SuiteReport[]): string {
  return [
    '| suite | passed | refused (238) | as a real server | unexplained | skipped |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...reports.map(row),
    '',
    ...reports.flatMap(({ failures }) => failures.map(describe)),
    ...reports.flatMap(({ surprises }) =>
      surprises.map((test) => `- ${test}: passes, but is listed to fail`),
    ),
    '',
    ...reports.map(({ name, skips }) => `Skipped in ${name}: ${listing(skips)}`),
  ].join('\n');
}

function row(report: SuiteReport): string {
  const likeReal = report.count('driver') + report.count('secondary');
  const unexplained = report.count(undefined);
  const cells = [report.name, report.passed, report.count('refused'), likeReal, unexplained, report.skipped];
  return `| ${cells.join(' | ')} |`;
}

function describe({ test, says, reason }: Failure): string {
  return `- ${reason ? REASONS[reason] : 'UNEXPLAINED'}: ${test}: ${says}`;
}

function listing(skips: ReadonlyMap<string, number>): string {
  if (skips.size === 0) return 'none';
  const byCount = [...skips].sort(([, a], [, b]) => b - a);
  return byCount.map(([why, count]) => `${count} ${why}`).join('; ');
}
