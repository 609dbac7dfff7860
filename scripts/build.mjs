// Compiles the sources into dist/, removes what has no source any more, and stamps the result for make.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markBuilt, removeOrphans } from './support/dist.mjs';

/** What the programs read beside their code. */
const ASSETS = ['test/faults/invariants.sql'];

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
if (status === 0) {
  removeOrphans();
  for (const asset of ASSETS) {
    mkdirSync(dirname(join('dist', asset)), { recursive: true });
    copyFileSync(asset, join('dist', asset));
  }
  markBuilt();
}
process.exitCode = status ?? 1;
