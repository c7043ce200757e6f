import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

interface Install {
  whyInstall: (wanted: unknown, installed: unknown) => string | undefined;
}
interface NodeVersion {
  isOldNode: (version: string) => boolean;
}
interface Summary {
  summaryLine: (counts: Counts) => string;
  exitCodeOf: (jestExitCode: number, counts: Counts) => number;
}
interface Options {
  parseTestArguments: (args: string[]) => {
    docker: boolean;
    unit: boolean;
    mayInstall: boolean;
    jest: string[];
  };
}
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The scripts are plain JavaScript, since they run before anything is installed: their types are given here. */
const load = <T>(file: string) => import(`./${file}`) as Promise<T>;

describe('whyInstall', () => {
  const wanted = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/@x/b': { version: '2.0.0' },
      'node_modules/other-platform': { version: '3.0.0', optional: true },
    },
  };
  const installed = {
    packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/@x/b': { version: '2.0.0' } },
  };

  it('finds nothing to do when every package is there in its version, but for optional ones', async () => {
    const { whyInstall } = await load<Install>('install.mjs');
    expect(whyInstall(wanted, installed)).toBeUndefined();
  });

  it.each([
    ['nothing is installed', undefined, 'node_modules is missing or incomplete'],
    ['a package is missing', { packages: { 'node_modules/a': { version: '1.0.0' } } }, '@x/b differs'],
    [
      'a package has another version',
      { packages: { ...installed.packages, 'node_modules/a': { version: '0.9.0' } } },
      'a differs',
    ],
  ])('says why when %s', async (_what, found, why) => {
    const { whyInstall } = await load<Install>('install.mjs');
    expect(whyInstall(wanted, found)).toContain(why);
  });
});

describe('isOldNode', () => {
  it.each([
    ['12.22.0', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['22.0.0', false],
    ['100.1.0', false],
  ])('%s: %s', async (version, old) => {
    const { isOldNode } = await load<NodeVersion>('node-version.mjs');
    expect(isOldNode(version)).toBe(old);
  });

  it('prints one line and ends with 1', () => {
    const file = fileURLToPath(new URL('./require-node.mjs', import.meta.url));
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); await import(${JSON.stringify(file)});`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', pretend], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(run.status).toBe(1);
    expect(run.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^Node.js 20.19 or newer is needed; this is 18.20.0/),
    ]);
  });
});

describe("npm test's summary", () => {
  it('is one plain line', async () => {
    const { summaryLine } = await load<Summary>('test-summary.mjs');
    expect(summaryLine({ passed: 3, failed: 0, skipped: 1 })).toBe('3 passed, 0 failed, 1 skipped');
  });

  it.each([
    ['all passed', 0, { passed: 1, failed: 0, skipped: 0 }, 0],
    ['jest failed', 1, { passed: 1, failed: 1, skipped: 0 }, 1],
    ['no test ran', 0, { passed: 0, failed: 0, skipped: 0 }, 1],
    ['everything was skipped', 0, { passed: 0, failed: 0, skipped: 5 }, 1],
    ['a failure jest did not report', 0, { passed: 4, failed: 1, skipped: 0 }, 1],
    ['Ctrl-C', 130, { passed: 0, failed: 0, skipped: 0 }, 130],
  ])('decides the exit code: %s', async (_what, jestExitCode, counts, exitCode) => {
    const { exitCodeOf } = await load<Summary>('test-summary.mjs');
    expect(exitCodeOf(jestExitCode, counts)).toBe(exitCode);
  });
});

describe("npm test's options", () => {
  it('keeps its own and hands the others to jest in their order', async () => {
    const { parseTestArguments } = await load<Options>('test-options.mjs');
    expect(parseTestArguments(['libs/x', '--docker', '-t', 'I3', '--no-install'])).toMatchObject({
      docker: true,
      unit: false,
      mayInstall: false,
      jest: ['libs/x', '-t', 'I3'],
    });
  });
});
