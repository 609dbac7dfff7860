// Compiles the sources into dist/, removes what has no source any more, and stamps the result for make.
import { spawnSync } from 'node:child_process';
import { markBuilt, removeOrphans } from './support/dist.mjs';

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
if (status === 0) {
  removeOrphans();
  markBuilt();
}
process.exitCode = status ?? 1;
