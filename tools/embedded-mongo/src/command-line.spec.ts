import { parseCommandLine, UsageError } from './command-line.js';

describe('parseCommandLine', () => {
  it('has defaults', () => {
    expect(parseCommandLine([])).toEqual({
      options: { port: 27017, fsync: 'interval' },
      quiet: false,
      help: false,
    });
  });

  it('takes options with and without an equals sign', () => {
    expect(parseCommandLine(['--port=0', '--dbpath', '/data', '--fsync', 'always', '--quiet'])).toEqual({
      options: { port: 0, dbPath: '/data', fsync: 'always' },
      quiet: true,
      help: false,
    });
  });

  it('takes the length of the history', () => {
    expect(parseCommandLine(['--oplog-entries', '2000']).options.oplogEntries).toBe(2_000);
  });

  it.each([
    [['--port', 'x']],
    [['--port', '70000']],
    [['--fsync', 'maybe']],
    [['--oplog-entries', '0']],
    [['--bind', '0.0.0.0']],
    [['extra']],
  ])('refuses %p', (args) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
  });
});
