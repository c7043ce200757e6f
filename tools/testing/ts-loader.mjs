/**
 * Lets plain Node run TypeScript sources (`node --import …/ts-loader.mjs file.ts`): programs that are not built, and
 * the processes that tests start. Types are stripped by SWC, nothing is checked.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

const SCOPE = '@redis-mongo-sync/';
const isSource = (url) => url.startsWith('file:') && !url.includes('/node_modules/');

/** The project's own packages are taken from their sources, as in the tests: what is built may be older. */
function sourceOf(specifier) {
  if (!specifier.startsWith(SCOPE)) return undefined;
  return ['libs', 'tools']
    .map((group) => new URL(`../../${group}/${specifier.slice(SCOPE.length)}/src/index.ts`, import.meta.url))
    .find((file) => existsSync(file))?.href;
}

export async function resolve(specifier, context, next) {
  if (!context.parentURL?.endsWith('.ts') || !isSource(context.parentURL)) return next(specifier, context);
  if (specifier.startsWith('.')) return next(specifier.replace(/\.js$/, '.ts'), context);
  return next(sourceOf(specifier) ?? specifier, context);
}

export async function load(url, context, next) {
  if (!isSource(url) || !url.endsWith('.ts')) return next(url, context);
  const { transform } = await import('@swc/core');
  const { code } = await transform(await readFile(new URL(url), 'utf8'), {
    filename: url,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
