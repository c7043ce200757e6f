import { durationText, lineOf, ProgressBar } from './progress-bar.js';

describe('ProgressBar', () => {
  it('shows share, count, rate and the time that is left', () => {
    expect(lineOf({ done: 250_000, fraction: 0.25, rate: 5_000, etaSeconds: 150 })).toBe(
      `[${'█'.repeat(6)}${'·'.repeat(18)}]  25 %  250,000 records  5,000/s  2 min 30 s left`,
    );
  });

  it('makes nothing up where the end is not known', () => {
    const line = lineOf({ done: 7, fraction: null, rate: 0, etaSeconds: null, note: 'waiting' });
    expect(line).toBe('7 records  0/s  waiting');
  });

  it('rewrites one line on a terminal, and leaves none behind', () => {
    const written: string[] = [];
    const bar = new ProgressBar({ isTTY: true, write: (text) => written.push(text) });
    bar.show({ done: 1, fraction: null, rate: 1, etaSeconds: null });
    bar.clear();
    bar.clear();
    expect(written).toEqual(['\r\x1b[2K1 records  1/s', '\r\x1b[2K']);
  });

  it('writes a line every five seconds where lines cannot be rewritten', () => {
    const written: string[] = [];
    let now = 100_000;
    const bar = new ProgressBar({ write: (text) => written.push(text) }, () => now);
    const progress = { done: 1, fraction: null, rate: 1, etaSeconds: null };
    for (let i = 0; i < 10; i++, now += 1_000) bar.show(progress);
    expect(written).toHaveLength(2);
  });

  it.each([
    [59.2, '60 s'],
    [61, '1 min 1 s'],
    [7_500, '2 h 5 min'],
  ])('%d s read %s', (seconds, text) => expect(durationText(seconds)).toBe(text));
});
