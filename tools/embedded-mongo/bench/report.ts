import type { EventFigures } from './event-rates.js';
import type { LargeFigures } from './large-collection.js';
import type { Rate } from './write-rates.js';

export interface Figures {
  rates: readonly Rate[];
  events: EventFigures;
  large: LargeFigures;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const mb = (value: number) => `${whole(value)} MB`;

/** Two tables, in Markdown. */
export function render({ rates, events, large }: Figures): string {
  return [
    '| per second | stand-in | goal | bare echo | part of the echo |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rates.map(rateRow),
    `| change-stream events | ${whole(events.deliveredPerSecond)} | 12,000 | – | – |`,
    '',
    '| figure | stand-in | goal |',
    '| --- | ---: | ---: |',
    `| insert to event, median | ${ms(events.latencyP50Ms)} | – |`,
    `| insert to event, p99 | ${ms(events.latencyP99Ms)} | 15 ms |`,
    `| memory of ${whole(large.documents)} documents with 3 indexes | ${mb(large.rssMb)} | 600 MB |`,
    `| the same after a restart | ${mb(large.rssAfterRestartMb)} | 600 MB |`,
    `| writing its snapshot | ${ms(large.snapshotMs)} | – |`,
    `| restart from it | ${ms(large.restartMs)} | 3,000 ms |`,
    `| one of them by an index | ${ms(large.equalityMs)} | – |`,
    `| a range of 4 by an index | ${ms(large.rangeMs)} | – |`,
    `| one without an index | ${ms(large.scanMs)} | – |`,
  ].join('\n');
}

function rateRow({ what, perSecond, echoPerSecond, goal }: Rate): string {
  const part = `${((100 * perSecond) / echoPerSecond).toPrecision(2)} %`;
  return `| ${[what, whole(perSecond), whole(goal), whole(echoPerSecond), part].join(' | ')} |`;
}
