// Compiles the sources into dist/, removes what has no source any more, adds what is served as it is, and stamps the
// result for make.
import { spawnSync } from 'node:child_process';
import { copyAssets, markBuilt, removeOrphans } from './support/dist.mjs';

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
if (status === 0) {
  removeOrphans();
  copyAssets();
  markBuilt();
}
process.exitCode = status ?? 1;
