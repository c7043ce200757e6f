import type { SimulationResult } from '../simulation.js';

/** What was played so far. Plain data: it travels between processes. */
export interface Tally {
  schedules: number;
  steps: number;
  checks: number;
  faults: Record<string, number>;
}

export function newTally(): Tally {
  return { schedules: 0, steps: 0, checks: 0, faults: {} };
}

export function count(tally: Tally, { steps, checks, faults }: SimulationResult): void {
  add(tally, { schedules: 1, steps, checks, faults: Object.fromEntries(faults) });
}

export function add(tally: Tally, more: Tally): void {
  tally.schedules += more.schedules;
  tally.steps += more.steps;
  tally.checks += more.checks;
  for (const [fault, times] of Object.entries(more.faults)) {
    tally.faults[fault] = (tally.faults[fault] ?? 0) + times;
  }
}

export function summaryOf(tally: Tally, seconds: number): string {
  const number = (value: number) => value.toLocaleString('en');
  const faults = Object.entries(tally.faults)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([fault, times]) => `  ${fault.padEnd(36)} ${number(times).padStart(12)}`);
  return [
    `schedules          ${number(tally.schedules)} in ${seconds.toFixed(1)} s (${number(Math.round(tally.schedules / seconds))}/s)`,
    `steps              ${number(tally.steps)}`,
    `checks             ${number(tally.checks)}`,
    'what befell them',
    ...faults,
  ].join('\n');
}
