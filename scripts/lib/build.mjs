import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { inProject, PROJECT } from './project.mjs';
import { runNode } from './run.mjs';
import { Failure, startStep } from './step.mjs';

const STAMP = 'dist/.build.json';
const SOURCES = ['apps', 'libs', 'scripts'];
const SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Builds everything to `dist` unless it is newer than all sources. Steps are told to `out`. */
export async function ensureBuilt(out = process.stdout) {
  const sources = listSources();
  const signature = signatureOf([...sources, ...SETTINGS]);
  if (readStamp()?.signature === signature) {
    startStep('build', out).done('build up to date');
    return;
  }
  await buildAll({ sources, signature, out });
}

/** Builds everything: tsc for the code, copies of the assets (*.lua, …), nothing left of sources that are gone. */
export async function buildAll({ sources = listSources(), signature, out = process.stdout } = {}) {
  signature ??= signatureOf([...sources, ...SETTINGS]);
  const step = startStep('building', out);
  const before = readStamp();
  // tsc's incremental state skips files it wrote earlier: without our stamp they may not be there any more.
  if (!before) fs.rmSync(inProject('dist/.tsbuildinfo'), { force: true });
  copyAssets(sources);
  await compile(step, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--pretty', 'false']);
  for (const gone of (before?.sources ?? []).filter((source) => !sources.includes(source)))
    removeOutputs(gone);
  fs.writeFileSync(inProject(STAMP), JSON.stringify({ signature, sources }));
  step.done('built to dist');
}

/** Builds one service with Nest's own builder, which takes the libraries along. */
export async function buildService(name) {
  const step = startStep(`building ${name}`);
  if (!readStamp()) fs.rmSync(inProject('dist/.tsbuildinfo'), { force: true });
  copyAssets(listSources());
  await compile(step, ['node_modules/@nestjs/cli/bin/nest.js', 'build', name]);
  const entry = `dist/apps/${name}/main.js`;
  if (!fs.existsSync(inProject(entry))) {
    step.fail(`${entry} was not built`);
    throw new Failure(`apps/${name}/main.ts is missing, or nest-cli.json does not name it.`);
  }
  step.done(`built ${entry}`);
}

async function compile(step, args) {
  const { code, output } = await runNode(args);
  if (code === 0) return;
  step.fail('the build failed');
  throw new Failure(firstLines(output.trimEnd(), 40));
}

function firstLines(text, count) {
  const lines = text.split('\n');
  return lines.length <= count
    ? text
    : [...lines.slice(0, count), `… and ${lines.length - count} more lines`].join('\n');
}

/** Every file that a build may depend on, as paths relative to the project with `/`, sorted. */
function listSources() {
  return SOURCES.flatMap((folder) => walk(folder))
    .filter((file) => !/\.(spec\.ts|md|ps1|sh)$/.test(file))
    .sort();
}

function walk(folder) {
  return fs.readdirSync(inProject(folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(file) : [file];
  });
}

function signatureOf(files) {
  const hash = crypto.createHash('sha256');
  for (const file of files) {
    const { mtimeMs, size } = fs.statSync(inProject(file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function isAsset(file) {
  return /^(apps|libs)\/[^/]+\/src\//.test(file) && !file.endsWith('.ts');
}

function copyAssets(sources) {
  for (const file of sources.filter(isAsset)) {
    const target = inProject('dist', file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(inProject(file), target);
  }
}

function removeOutputs(source) {
  const output = path.join(PROJECT, 'dist', source);
  const compiled = output.replace(/\.ts$/, '.js');
  for (const file of [compiled, `${compiled}.map`, output]) fs.rmSync(file, { force: true });
}

function readStamp() {
  try {
    return JSON.parse(fs.readFileSync(inProject(STAMP), 'utf8'));
  } catch {
    return undefined;
  }
}
