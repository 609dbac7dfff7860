import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const STAMP = 'dist/.stamp';

/** ReDoc in one file, which needs neither the package nor what that depends on, and the licences of what is in it. */
const REDOC = ['bundles/redoc.standalone.js', 'bundles/redoc.standalone.js.LICENSE.txt', 'LICENSE'];

/** Imports a module of the build. */
export function fromDist(/** @type {string} */ path) {
  return import(pathToFileURL(join('dist', path)).href);
}

/**
 * Removes compiled files whose source is gone: tsc leaves them, and a migration among them would still be applied.
 */
export function removeOrphans() {
  for (const folder of ['src', 'migrations']) {
    const compiled = join('dist', folder);
    if (!existsSync(compiled)) continue;
    for (const entry of readdirSync(compiled, { recursive: true, encoding: 'utf8' })) {
      if (!/\.js(\.map)?$/.test(entry)) continue;
      if (!existsSync(join(folder, entry.replace(/\.js(\.map)?$/, '.ts')))) rmSync(join(compiled, entry));
    }
  }
}

/** Copies what the server hands out as it is, so that production does without the packages that it comes from. */
export function copyAssets() {
  mkdirSync('dist/assets/redoc', { recursive: true });
  for (const file of REDOC) copyFileSync(join('node_modules/redoc', file), join('dist/assets/redoc', basename(file)));
}

/** Tells make that dist/ is newer than every source. */
export function markBuilt() {
  writeFileSync(STAMP, '');
}
