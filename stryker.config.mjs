/**
 * Mutation testing of the protocol's rules: `npm run tool -- mutation`. Only the unit specs of sync-core judge the
 * mutants, so that the score says what they are worth without the simulation and the integration tests behind them.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: ['libs/sync-core/src/{domain,pipeline}/**/*.ts', '!**/*.spec.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.mjs', enableFindRelatedTests: true },
  coverageAnalysis: 'perTest',
  ignorePatterns: [
    '*',
    '!libs',
    'libs/*',
    '!libs/sync-core',
    '!libs/sync-core/**',
    '!test',
    'test/*',
    '!test/vectors',
    '!test/vectors/**',
    '!package.json',
    '!jest.config.mjs',
    '!jest.mutation.config.mjs',
    '!tsconfig.json',
  ],
  concurrency: 2,
  // A busy machine is no infinite loop: those are found by how often the mutant is reached, not by the clock.
  timeoutMS: 15_000,
  // Native ES modules are never unloaded: a process that has run a hundred mutants is slow and large.
  maxTestRunnerReuse: 40,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  tempDirName: '.cache/mutation/sandbox',
  incrementalFile: '.cache/mutation/incremental.json',
  thresholds: { high: 90, low: 85, break: 85 },
  disableTypeChecks: true,
};
