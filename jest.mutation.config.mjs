import config from './jest.config.mjs';

/** The unit specs of sync-core alone: they judge the mutants of stryker.config.mjs. */
export default {
  ...config,
  testMatch: ['<rootDir>/libs/sync-core/src/{domain,pipeline}/**/*.spec.ts'],
};
