import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import fs from 'node:fs';
import path from 'node:path';
import tseslint from 'typescript-eslint';

/**
 * The dependency rule of the house (see ARCHITECTURE.md), by package name:
 *   sync-core ← sync-adapters ← sync-engine ← apps · service-kit and the stand-alone libraries know nobody
 *   inside sync-core: domain → domain · ports → domain · pipeline → ports, domain
 * Between packages only a package's entry is imported, never a relative path.
 */
const SCOPE = '@redis-mongo-sync/';
const TEST_KIT = ['testing', 'dev-servers'];

const forbid = (files, patterns) => ({
  files,
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

/** What code that ships may import of the project; its tests may use the test kit as well. */
const mayImport = (folder, allowed, forbidden = []) => {
  const names = (list) => `^${SCOPE}(?!(${list.join('|')})(/|$))`;
  const message = `${folder} may import only: ${allowed.join(', ') || 'nothing of the project'}.`;
  const own = path.basename(folder);
  return [
    forbid([`${folder}/**`], [{ regex: names([own, ...allowed, ...TEST_KIT]), message }]),
    {
      ...forbid([`${folder}/src/**`], [{ regex: names([own, ...allowed]), message }, ...forbidden]),
      ignores: ['**/*.spec.ts', '**/testing/**'],
    },
  ];
};

const DRIVERS_AND_NEST = {
  regex: '^(@nestjs/|mongodb$|mongodb/|mongoose|ioredis|undici|bson$|node:(fs|net|http|child_process))',
  message: 'sync-core is pure: no Nest, no driver, no I/O.',
};
const OTHERS = { regex: `^${SCOPE}`, message: 'sync-core may import nothing of the project.' };

/** What an application may not have: it is used behind entries of their own (nest/, prometheus/). */
const OPTIONAL_PEERS = [
  { regex: '^(@nestjs/|prom-client)', message: 'Optional: only behind an entry of its own.' },
];

/** The folder of the nearest package.json. */
function packageOf(file) {
  let folder = path.dirname(file);
  while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

const noRelativeAcrossPackages = {
  meta: { type: 'problem', schema: [], messages: { across: 'Another package is imported by its name.' } },
  create(context) {
    const check = ({ source }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const target = path.resolve(path.dirname(context.filename), source.value);
      const here = packageOf(context.filename);
      const isTooling =
        here === import.meta.dirname && !/^(libs|apps|tools)\//.test(path.relative(here, target));
      if (!isTooling && packageOf(target) !== here) context.report({ node: source, messageId: 'across' });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default tseslint.config(
  { ignores: ['**/dist/**', 'node_modules/**', 'coverage/**', '.data/**', '.cache/**', 'reports/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { house: { rules: { 'no-relative-across-packages': noRelativeAcrossPackages } } },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'house/no-relative-across-packages': 'error',
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
    [DRIVERS_AND_NEST, OTHERS, { regex: '(ports|pipeline)/', message: 'domain imports only domain.' }],
  ),
  forbid(
    ['libs/sync-core/src/ports/**'],
    [DRIVERS_AND_NEST, OTHERS, { regex: 'pipeline/', message: 'ports import only domain.' }],
  ),
  forbid(['libs/sync-core/src/{pipeline,reconcile}/**'], [DRIVERS_AND_NEST, OTHERS]),
  forbid(['libs/sync-core/src/testing/**'], [OTHERS]),
  ...mayImport('libs/redis-streams', []),
  ...mayImport('libs/audit-log', []),
  ...mayImport('libs/service-kit', []),
  ...mayImport('libs/sync-adapters', ['sync-core', 'redis-streams']),
  ...mayImport('libs/sync-engine', ['sync-core', 'sync-adapters', 'redis-streams'], OPTIONAL_PEERS),
  ...mayImport('libs/records-http', ['sync-core', 'service-kit']),
  ...mayImport('libs/event-contract', ['redis-streams']),
  ...mayImport('tools/embedded-mongo', []),
  ...mayImport('tools/dev-servers', ['embedded-mongo']),
  forbid(
    ['libs/redis-streams/src/**', 'libs/redis-streams/testing/**'],
    [
      { regex: '^@nestjs/', message: 'Nest is for libs/redis-streams/nest.' },
      {
        regex: `^${SCOPE}(?!(redis-streams|testing)(/|$))`,
        message: 'redis-streams imports nothing of the project.',
      },
    ],
  ),
  // Applications have no entry; these tests look at their settings, or start the service behind the gateway.
  {
    files: ['test/docs/env-example.spec.ts', 'apps/api-gateway/test/**'],
    rules: { 'house/no-relative-across-packages': 'off' },
  },
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
