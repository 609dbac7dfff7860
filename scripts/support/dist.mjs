import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const STAMP = 'dist/.stamp';

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

/** Tells make that dist/ is newer than every source. */
export function markBuilt() {
  writeFileSync(STAMP, '');
}
