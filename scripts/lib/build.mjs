import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { inProject } from './project.mjs';
import { runNode } from './run.mjs';
import { Failure, startStep } from './step.mjs';

const STAMP = 'dist/.build.json';
const GROUPS = ['apps', 'libs', 'tools'];
const SETTINGS = ['tsconfig.base.json', 'tsconfig.build.json', 'package-lock.json'];
const NOT_BUILT = /\.(spec\.ts|md|ps1|sh)$/;

/** Builds every package to its `dist`, unless all are newer than the sources. Steps are told to `out`. */
export async function ensureBuilt(out = process.stdout) {
  const sources = listSources();
  const signature = signatureOf([...sources, ...SETTINGS]);
  if (readStamp()?.signature === signature) {
    startStep('build', out).done('build up to date');
    return;
  }
  await buildAll({ sources, signature, out });
}

/** Builds everything: `tsc -b` for the code, copies of the assets (*.lua, …), nothing left of sources that are gone. */
export async function buildAll({ sources = listSources(), signature, out = process.stdout } = {}) {
  signature ??= signatureOf([...sources, ...SETTINGS]);
  const step = startStep('building', out);
  const before = readStamp();
  if (!before || before.sources.some((source) => !sources.includes(source))) removeOutputs();
  fs.rmSync(inProject(STAMP), { force: true });
  await compile(step, 'tsconfig.build.json');
  copyAssets(sources);
  fs.writeFileSync(inProject(STAMP), JSON.stringify({ signature, sources }));
  step.done('built');
}

/** Builds one service and the libraries that it needs. */
export async function buildService(name) {
  const step = startStep(`building ${name}`);
  await compile(step, `apps/${name}/tsconfig.build.json`);
  copyAssets(listSources());
  step.done(`built dist/apps/${name}/main.js`);
}

async function compile(step, project) {
  const { code, output } = await runNode([
    'node_modules/typescript/bin/tsc',
    '-b',
    project,
    '--pretty',
    'false',
  ]);
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

/** The folders of all packages, relative to the project with `/`. */
function listPackages() {
  return GROUPS.flatMap((group) => fs.readdirSync(inProject(group)).map((name) => `${group}/${name}`)).filter(
    (folder) => fs.existsSync(inProject(folder, 'tsconfig.build.json')),
  );
}

/** Every file that a build may depend on, as paths relative to the project with `/`, sorted. */
function listSources() {
  return [...listPackages(), 'scripts']
    .flatMap(walk)
    .filter((file) => !NOT_BUILT.test(file))
    .sort();
}

function walk(folder) {
  return fs
    .readdirSync(inProject(folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules')
    .flatMap((entry) => {
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

/** What code reads at run time from beside itself: everything in `src` that the compiler leaves. */
function copyAssets(sources) {
  for (const folder of listPackages()) {
    const { rootDir, outDir } = readJson(`${folder}/tsconfig.build.json`).compilerOptions;
    const inside = path.posix.join(folder, 'src/');
    for (const file of sources.filter((source) => source.startsWith(inside) && !source.endsWith('.ts'))) {
      const target = inProject(folder, outDir, path.relative(path.join(folder, rootDir), file));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.copyFileSync(inProject(file), target);
    }
  }
}

function removeOutputs() {
  for (const folder of ['dist', ...listPackages().map((name) => `${name}/dist`)])
    fs.rmSync(inProject(folder), { recursive: true, force: true });
}

function readStamp() {
  try {
    return readJson(STAMP);
  } catch {
    return undefined;
  }
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(inProject(file), 'utf8'));
}
