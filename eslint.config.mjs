import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * The dependency rule of the house (see ARCHITECTURE.md):
 *   domain → domain · ports → domain · pipeline → ports, domain · adapters → core · apps → libs · nothing → apps.
 */
const forbid = (files, patterns) => ({
  files,
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const DRIVERS_AND_NEST = {
  regex: '^(@nestjs/|mongodb$|mongodb/|mongoose|ioredis|undici|bson$|node:(fs|net|http|child_process))',
  message: 'sync-core is pure: no Nest, no driver, no I/O.',
};
const APPS = { regex: '(^|/)apps/', message: 'Nothing imports apps.' };
const OTHER_LIBS = (allowed) => ({
  regex: `^#libs/(?!(${allowed.join('|')})$)`,
  message: `This library may import only: ${allowed.join(', ') || 'nothing of the project'}.`,
});

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.data/**', '.cache/**', 'reports/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'off', // decorated constructors need value imports
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-extraneous-class': 'off', // Nest modules
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  forbid(
    ['libs/sync-core/src/domain/**'],
    [
      DRIVERS_AND_NEST,
      APPS,
      OTHER_LIBS([]),
      { regex: '(ports|pipeline)/', message: 'domain imports only domain.' },
    ],
  ),
  forbid(
    ['libs/sync-core/src/ports/**'],
    [DRIVERS_AND_NEST, APPS, OTHER_LIBS([]), { regex: 'pipeline/', message: 'ports import only domain.' }],
  ),
  forbid(
    ['libs/sync-core/src/pipeline/**', 'libs/sync-core/src/testing/**'],
    [DRIVERS_AND_NEST, APPS, OTHER_LIBS([])],
  ),
  forbid(
    ['libs/redis-streams/src/**', 'libs/redis-streams/testing/**'],
    [
      APPS,
      OTHER_LIBS(['dev-servers']),
      { regex: '^@nestjs/', message: 'Nest is for libs/redis-streams/nest.' },
    ],
  ),
  forbid(
    ['libs/redis-streams/{nest,examples,test,bench}/**'],
    [
      APPS,
      OTHER_LIBS([
        'dev-servers',
        'redis-streams',
        'redis-streams/nest',
        'redis-streams/nest/testing',
        'redis-streams/testing',
      ]),
    ],
  ),
  forbid(['libs/audit-log/**'], [APPS, OTHER_LIBS(['dev-servers'])]),
  forbid(['libs/embedded-mongo/**'], [APPS, OTHER_LIBS([])]),
  forbid(['libs/dev-servers/**'], [APPS, OTHER_LIBS(['embedded-mongo'])]),
  forbid(['libs/sync-adapters/**'], [APPS, OTHER_LIBS(['sync-core', 'redis-streams', 'dev-servers'])]),
  forbid(
    ['libs/service-kit/**'],
    [APPS, OTHER_LIBS(['sync-core', 'sync-adapters', 'redis-streams', 'dev-servers'])],
  ),
  { files: ['**/*.spec.ts', 'test/**', 'bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
  prettier,
);
