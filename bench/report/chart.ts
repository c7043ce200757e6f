import type { Figure } from './figure.js';
import type { Results } from './results.js';

const WIDTH = 900;
const LEFT = 300;
const RIGHT = 130;
/** Height of a bar with and without another one below it. */
const ROW = { paired: 44, single: 30 } as const;
const BAR = 14;
const TARGET_LAG_MS = 50;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 11px; fill: #59636e; }
  .ours { fill: #0969da; }
  .other { fill: #afb8c1; }
  .p50 { fill: #0969da; } .p95 { fill: #8250df; } .p99 { fill: #bc4c00; }
  .axis { stroke: #d1d9e0; }
  .limit { stroke: #cf222e; stroke-dasharray: 4 3; }
  .back { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .small { fill: #9198a1; }
    .ours, .p50 { fill: #4493f8; } .other { fill: #565f69; } .p95 { fill: #ab7df8; } .p99 { fill: #db6d28; }
    .axis { stroke: #3d444d; }
    .limit { stroke: #f85149; }
    .back { fill: #0d1117; }
  }`;

/** The figures as a picture: bars of events per second, and the percentiles of the lag. Light and dark. */
export function chartOf({ figures, machine, date }: Results): string {
  const rates = figures.filter(({ lagMs, scenario }) => !lagMs && scenario !== 'calibration');
  const lags = figures.filter(({ lagMs }) => lagMs);
  const bars = barPanel(rates, 30);
  const dots = lagPanel(lags, bars.bottom + 40);
  const height = dots.bottom + 40;
  const foot = `${machine.cores} cores for everything · Node ${machine.node} · Redis ${machine.redis} · MongoDB: ${machine.mongo.split(',')[0]} · ${date.slice(0, 10)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Benchmark: events per second and lag">`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>`,
    ...bars.marks,
    ...dots.marks,
    text(20, height - 14, foot, 'small'),
    '</svg>\n',
  ].join('\n');
}

interface Panel {
  readonly marks: readonly string[];
  readonly bottom: number;
}

function barPanel(figures: readonly Figure[], top: number): Panel {
  if (figures.length === 0) return { marks: [], bottom: top };
  const most = Math.max(...figures.flatMap(({ perSecond, beside }) => [perSecond, beside?.perSecond ?? 0]));
  const length = (value: number) => (value / most) * (WIDTH - LEFT - RIGHT);
  const marks = [text(20, top, 'Events per second', 'title')];
  let y = top + 20;
  for (const { what, perSecond, beside } of figures) {
    marks.push(text(LEFT - 12, y + BAR - 2, what, '', 'end'), bar(y, length(perSecond), 'ours'));
    marks.push(text(LEFT + length(perSecond) + 8, y + BAR - 2, whole(perSecond)));
    const below = y + BAR + 3;
    y += beside ? ROW.paired : ROW.single;
    if (!beside) continue;
    marks.push(text(LEFT - 12, below + BAR - 3, beside.what, 'small', 'end'));
    marks.push(bar(below, length(beside.perSecond), 'other'));
    marks.push(text(LEFT + length(beside.perSecond) + 8, below + BAR - 3, whole(beside.perSecond), 'small'));
  }
  return { marks, bottom: y };
}

function lagPanel(figures: readonly Figure[], top: number): Panel {
  if (figures.length === 0) return { marks: [], bottom: top - 40 };
  const most = Math.max(TARGET_LAG_MS, ...figures.map(({ lagMs }) => lagMs?.p99 ?? 0)) * 1.1;
  const x = (ms: number) => LEFT + (ms / most) * (WIDTH - LEFT - RIGHT);
  const bottom = top + 26 + figures.length * 30;
  const rate = figures[0]?.perSecond ?? 0;
  const marks = [
    text(20, top, `Lag in ms at ${whole(rate)} writes/s on each side at once`, 'title'),
    line(x(TARGET_LAG_MS), top + 14, bottom, 'limit'),
    text(x(TARGET_LAG_MS) + 4, top + 20, `limit ${TARGET_LAG_MS}`, 'small'),
  ];
  figures.forEach(({ what, lagMs }, index) => {
    if (!lagMs) return;
    const y = top + 36 + index * 30;
    marks.push(text(LEFT - 12, y + 4, what, '', 'end'));
    marks.push(`<path class="axis" d="M${fixed(x(0))} ${y}H${fixed(x(lagMs.p99))}"/>`);
    for (const percentile of ['p50', 'p95', 'p99'] as const) {
      marks.push(`<circle class="${percentile}" cx="${fixed(x(lagMs[percentile]))}" cy="${y}" r="5"/>`);
    }
    const label = `${lagMs.p50.toFixed(1)} · ${lagMs.p95.toFixed(1)} · ${lagMs.p99.toFixed(1)}`;
    marks.push(text(x(lagMs.p99) + 12, y + 4, label, 'small'));
  });
  marks.push(...legend(bottom + 16));
  return { marks, bottom: bottom + 16 };
}

function legend(y: number): string[] {
  return (['p50', 'p95', 'p99'] as const).flatMap((name, index) => {
    const x = LEFT + index * 60;
    return [`<circle class="${name}" cx="${x + 5}" cy="${y - 4}" r="5"/>`, text(x + 14, y, name, 'small')];
  });
}

function bar(y: number, length: number, style: string): string {
  return `<rect class="${style}" x="${LEFT}" y="${y}" width="${fixed(Math.max(length, 1))}" height="${BAR}" rx="2"/>`;
}

function line(x: number, from: number, to: number, style: string): string {
  return `<path class="${style}" d="M${fixed(x)} ${from}V${to}"/>`;
}

function text(x: number, y: number, content: string, style = '', anchor: 'start' | 'end' = 'start'): string {
  const safe = content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const look = `${style ? ` class="${style}"` : ''}${anchor === 'end' ? ' text-anchor="end"' : ''}`;
  return `<text x="${fixed(x)}" y="${fixed(y)}"${look}>${safe}</text>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
