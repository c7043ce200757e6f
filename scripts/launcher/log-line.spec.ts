import { formatLogLine } from './log-line.js';

const at = (h: number, m: number, s: number) => new Date(2026, 0, 2, h, m, s);

describe('formatLogLine', () => {
  it.each([
    ['a plain line', 'listening', 'listening'],
    ['JSON that is no log entry', '{"a":1}', '{"a":1}'],
    ['broken JSON', '{"message":', '{"message":'],
    [
      'an entry of Nest',
      JSON.stringify({
        level: 'log',
        pid: 7,
        timestamp: at(12, 3, 4).getTime(),
        message: 'ready',
        context: 'App',
      }),
      '12:03:04 ready [App]',
    ],
    [
      'a warning with fields',
      JSON.stringify({ level: 'warn', time: at(1, 2, 3).toISOString(), msg: 'slow', ms: 12, keys: ['a'] }),
      '01:02:03 warn slow ms=12 keys=["a"]',
    ],
    ['an object as message', JSON.stringify({ level: 'error', message: { code: 1 } }), 'error {"code":1}'],
  ])('shows %s', (_what, line, shown) => {
    expect(formatLogLine(line)).toBe(shown);
  });
});
