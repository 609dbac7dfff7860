import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { placeFile } from './place-file.js';

/** Packages of many small ES modules. All others stay packages: they read files, or are not theirs alone to load. */
const BUNDLED_PACKAGES = /^(@nestjs|es-toolkit|iterare|reflect-metadata|rxjs)(\/|$)/;
/** What NestJS imports only where it is installed. */
const ABSENT = /^@nestjs\/(microservices|platform-express|websockets)(\/|$)/;

/** In pieces, as Jest's transformer would replace it here too. */
const ITS_URL = ['import', 'meta', 'url'].join('.');

const packages: Plugin = {
  name: 'packages',
  setup(bundler) {
    bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      BUNDLED_PACKAGES.test(path) && !ABSENT.test(path) ? undefined : { path, external: true },
    );
  },
};

/** Modules find files and workers beside themselves, wherever their code went. */
const places: Plugin = {
  name: 'places',
  setup(bundler) {
    bundler.onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
      const contents = await readFile(path, 'utf8');
      if (!contents.includes(ITS_URL)) return undefined;
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: contents.replaceAll(ITS_URL, url), loader: 'js' };
    });
  },
};

/**
 * Joins programs with the modules that they import, of which there are two thousand: Node 20 takes longer to find and
 * link them than to run the program. Files lie in `into` as their sources do in `folder`, and import shared ones.
 */
export async function bundle(sources: readonly string[], folder: string, into: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [...sources],
    outbase: folder,
    outdir: into,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true,
    logLevel: 'error',
    write: false,
    // CommonJS packages that are bundled require what is not.
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(${ITS_URL});`,
    },
    plugins: [packages, places],
  });
  for (const { path, contents } of outputFiles) await placeFile(path, contents);
  const written = new Set(outputFiles.map(({ path }) => relative(into, path)));
  const names = await readdir(into);
  const stale = names.filter((name) => name.endsWith('.js') && !written.has(name));
  await Promise.all(stale.map((name) => rm(join(into, name))));
}
