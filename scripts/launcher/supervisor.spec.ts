import { eventually, isAlive } from '@redis-mongo-sync/testing';
import { FATAL_EXIT_CODE, Supervisor, type SupervisorOptions } from './supervisor.js';

describe('Supervisor', () => {
  const running: Supervisor[] = [];

  const supervise = (script: string, options: Partial<SupervisorOptions> = {}) => {
    const [said, lines]: [string[], string[]] = [[], []];
    const supervisor = new Supervisor({
      name: 'child',
      command: process.execPath,
      args: ['-e', script],
      env: { ...process.env, NODE_OPTIONS: '' },
      onLine: (line) => lines.push(line),
      say: (line) => said.push(line),
      backoff: { baseMs: 10, capMs: 40, resetAfterMs: 60_000 },
      ...options,
    });
    running.push(supervisor);
    supervisor.start();
    return { supervisor, said, lines };
  };

  afterEach(() => Promise.all(running.splice(0).map((supervisor) => supervisor.stop())));

  it('starts a program that dies again, after waits that double up to a limit, and says so', async () => {
    const { said } = supervise('process.exit(3)');
    await eventually(() => expect(said.length).toBeGreaterThanOrEqual(4));
    expect(said.slice(0, 4)).toEqual(
      ['0.01', '0.02', '0.04', '0.04'].map((s) => `child ended (exit code 3); starting it again in ${s} s`),
    );
  });

  it('begins with the first wait again after the program has run long enough', async () => {
    const backoff = { baseMs: 10, capMs: 1_000, resetAfterMs: 0 };
    const { said } = supervise('process.exit(3)', { backoff });
    await eventually(() => expect(said.length).toBeGreaterThanOrEqual(3));
    expect(new Set(said)).toEqual(new Set(['child ended (exit code 3); starting it again in 0.01 s']));
  });

  it('says by which signal it ended', async () => {
    const { supervisor, said, lines } = supervise('console.log("up"); setInterval(() => {}, 1000)');
    await eventually(() => expect(lines).toContain('up'));
    process.kill(supervisor.pid ?? 0, 'SIGKILL');
    await eventually(() => expect(said[0]).toContain('ended (SIGKILL)'));
    await eventually(() => expect(lines).toEqual(['up', 'up']));
  });

  it('does not start a program again whose configuration is wrong', async () => {
    let fatal = 0;
    const { supervisor, said } = supervise(`process.exit(${FATAL_EXIT_CODE})`, {
      onFatal: () => (fatal += 1),
    });
    await eventually(() => expect(supervisor.mode).toBe('failed'));
    expect([fatal, said]).toEqual([1, ['child ended: its configuration is wrong']]);
  });

  it('stops it in order, and starts nothing afterwards', async () => {
    const { supervisor, lines, said } = supervise(
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); console.log("up"); setInterval(() => {}, 1000)',
    );
    await eventually(() => expect(lines).toContain('up'));
    const { pid = 0 } = supervisor;
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect([supervisor.mode, lines, said]).toEqual(['stopped', ['up', 'bye'], []]);
  });

  it('can be stopped while it waits', async () => {
    const { supervisor, said } = supervise('process.exit(3)', {
      backoff: { baseMs: 60_000, capMs: 60_000, resetAfterMs: 60_000 },
    });
    await eventually(() => expect(supervisor.mode).toBe('waiting'));
    await supervisor.stop();
    expect([supervisor.mode, said.length]).toEqual(['stopped', 1]);
  });
});
