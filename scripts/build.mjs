// Compiles the sources into dist/, removes what has no source any more, adds what is served as it is, and stamps the
// result for make.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyAssets, markBuilt, removeOrphans } from './support/dist.mjs';

/** What the programs read beside their code. */
const READ = ['test/faults/invariants.sql'];

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
if (status === 0) {
  removeOrphans();
  copyAssets();
  for (const file of READ) {
    mkdirSync(dirname(join('dist', file)), { recursive: true });
    copyFileSync(file, join('dist', file));
  }
  markBuilt();
}
process.exitCode = status ?? 1;
