import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Room for the databases of a run many times over; containers often have 64 MB here. */
const ROOM = 4 * 2 ** 30;
const IN_MEMORY = '/dev/shm';
const LONGEST_NAME = 255;

/**
 * Where the PostgreSQL of the tests lies: in memory where the system offers a folder there, since every application
 * under test copies a database of 600 files, which takes a disk ten times as long; otherwise with other caches. It is
 * kept between runs, as it holds nothing but templates; those of checkouts that are gone are removed.
 */
export function clusterDir(): string {
  const cached = resolve('node_modules/.cache/tradepost-test');
  const name = encodeURIComponent(cached);
  if (name.length > LONGEST_NAME || !hasRoom()) return cached;
  const folder = join(IN_MEMORY, `tradepost-test-${process.getuid?.() ?? ''}`);
  mkdirSync(folder, { recursive: true });
  for (const other of readdirSync(folder)) {
    if (!existsSync(resolve(decodeURIComponent(other), '../../..'))) rmSync(join(folder, other), { recursive: true });
  }
  return join(folder, name);
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}
