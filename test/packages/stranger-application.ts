import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROJECT = process.cwd();
const SOURCES = join(PROJECT, 'test/packages/consumer');

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

/** What a stranger's application brings along: Nest, and what the packages leave to it as peers. */
const ITS_OWN = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/platform-fastify',
  '@types/node',
  'mongodb',
  'reflect-metadata',
  'rxjs',
  'typescript',
];

/** An empty Nest application outside the tree, with the packages as `npm publish` would send them. */
export class StrangerApplication {
  private constructor(private readonly folder: string) {}

  /** Packs, installs and compiles with `tsc` in strict mode. */
  static async make(folder: string): Promise<StrangerApplication> {
    const app = new StrangerApplication(folder);
    await app.install(await app.pack());
    await app.compile();
    return app;
  }

  /** Runs one of its programs to its end; resolves to the JSON that it printed last. */
  async run(program: string, ...args: readonly string[]): Promise<unknown> {
    const { stdout } = await run(process.execPath, [`dist/${program}.js`, ...args], {
      cwd: this.folder,
      env: { ...process.env, NODE_OPTIONS: '' },
      timeout: 60_000,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
  }

  /** Every place in its node_modules where a package of this name lies. */
  async placesOf(name: string): Promise<string[]> {
    const { stdout } = await npm(this.folder, 'ls', name, '--all', '--parseable');
    return [
      ...new Set(
        stdout
          .trim()
          .split('\n')
          .filter((line) => line.endsWith(join('node_modules', name))),
      ),
    ];
  }

  private async pack(): Promise<string[]> {
    const packages = join(this.folder, 'packages');
    await mkdir(packages, { recursive: true });
    const libraries = await publishedLibraries();
    await npm(PROJECT, 'pack', ...libraries, '--ignore-scripts', '--silent', '--pack-destination', packages);
    return (await readdir(packages)).map((file) => join(packages, file));
  }

  private async install(tarballs: readonly string[]): Promise<void> {
    const versions = await projectVersions();
    const dependencies = Object.fromEntries(ITS_OWN.map((name) => [name, versions.get(name) ?? '*']));
    const manifest = { name: 'stranger', private: true, type: 'module', dependencies };
    await writeFile(join(this.folder, 'package.json'), JSON.stringify(manifest));
    await npm(
      this.folder,
      'install',
      ...tarballs,
      '--prefer-offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
    );
  }

  private async compile(): Promise<void> {
    await cp(SOURCES, join(this.folder, 'src'), { recursive: true });
    const compilerOptions = {
      strict: true,
      target: 'es2022',
      lib: ['esnext'],
      module: 'nodenext',
      types: ['node'],
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      rootDir: 'src',
      outDir: 'dist',
    };
    await writeFile(
      join(this.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['src'] }),
    );
    await run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: this.folder }).catch(
      ({ stdout }: { stdout: string }) => Promise.reject(new Error(stdout)),
    );
  }
}

/** The folders of the libraries that are not private. */
async function publishedLibraries(): Promise<string[]> {
  const folders = (await readdir(join(PROJECT, 'libs'))).map((name) => `./libs/${name}`);
  const manifests = await Promise.all(folders.map((folder) => readManifest(join(PROJECT, folder))));
  return folders.filter((_, index) => manifests[index]?.private !== true);
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The versions that this project has installed itself. */
async function projectVersions(): Promise<Map<string, string>> {
  const lock = JSON.parse(await readFile(join(PROJECT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  return new Map(
    Object.entries(lock.packages).flatMap(([path, { version }]) =>
      version ? [[path.replace(/^node_modules\//, ''), version]] : [],
    ),
  );
}

function npm(folder: string, ...args: readonly string[]): Promise<{ stdout: string }> {
  const cli = process.env.npm_execpath;
  const [command, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const env = { ...process.env, NODE_OPTIONS: '' };
  return run(command, [...first, ...args], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
}
