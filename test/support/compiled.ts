import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { transform } from '@swc/core';
import { bundle } from './bundled.js';
import { placeFile } from './place-file.js';

const FOLDER = resolve('node_modules/.cache/tradepost-compiled');
const SOURCES = ['src', 'migrations', 'test/support/embedded-cluster-process.ts'];
/** Programs that load the application. */
const PROGRAMS = ['src/main.ts', 'src/cli/import-sales.ts', 'src/cli/reconcile.ts'] as const;
const BUNDLES = join(FOLDER, 'bundled');
/** Written when all of them are. */
const BUNDLED = join(BUNDLES, 'bundled');
/** What the bundles are made of besides what is compiled, and by. */
const BUNDLED_WITH = ['package-lock.json', 'test/support/bundled.ts'];
/** What programs read beside their code. */
const READ = ['test/faults/invariants.sql'];

/** The compiled form of a source file, which `node` runs as it is: to compile while starting takes as long as to start. */
export function compiled(source: string): string {
  return join(FOLDER, source.replace(/\.ts$/, '.js'));
}

/** The same of a program that loads the application, in one piece: it starts in half the time. */
export function bundled(program: (typeof PROGRAMS)[number]): string {
  return join(BUNDLES, program.replace(/\.ts$/, '.js'));
}

function filesOf(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(?<!\.spec|\.d)\.ts$/.test(name)).map((name) => join(path, name));
}

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Compiles what has changed, for specs that start programs; types are not its business. */
export async function compileSources(): Promise<void> {
  const sources = SOURCES.flatMap(filesOf);
  removeOrphans(new Set(sources.map(compiled)));
  await placeFile(join(FOLDER, 'package.json'), '{ "type": "module" }\n');
  await Promise.all(sources.filter((source) => changedAt(source) >= changedAt(compiled(source))).map(compile));
  if ([...sources.map(compiled), ...BUNDLED_WITH].some((file) => changedAt(file) >= changedAt(BUNDLED))) {
    await bundle(PROGRAMS.map(compiled), FOLDER, BUNDLES);
    await placeFile(BUNDLED, '');
  }
  for (const file of READ) {
    mkdirSync(dirname(join(FOLDER, file)), { recursive: true });
    await copyFile(file, join(FOLDER, file));
  }
}

function removeOrphans(wanted: ReadonlySet<string>): void {
  for (const folder of ['src', 'migrations'].map((name) => join(FOLDER, name))) {
    if (changedAt(folder) === 0) continue;
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (path.endsWith('.js') && !wanted.has(path)) rmSync(path);
    }
  }
}

async function compile(source: string): Promise<void> {
  const { code } = await transform(await readFile(source, 'utf8'), {
    filename: source,
    swcrc: false,
    sourceMaps: false,
    module: { type: 'nodenext' },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  });
  await placeFile(compiled(source), code);
}
