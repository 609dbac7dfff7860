import { openEmbeddedCluster } from '../../src/platform/database/embedded/embedded-cluster.js';
import { acquireServerLock } from '../../src/platform/database/embedded/server-lock.js';

/**
 * A process beside the spec that opens the cluster of argv[2], takes the server lock if argv[3] is "server", prints its
 * URLs as one line of JSON, and releases all when its standard input ends.
 */
const log = (message: string): void => console.error(message);
const cluster = await openEmbeddedCluster({ dataDir: process.argv[2] ?? '', log, settings: { fsync: 'off' } });
const lock = process.argv[3] === 'server' ? await acquireServerLock(cluster, log) : undefined;
console.log(JSON.stringify(cluster));
process.stdin.resume();
process.stdin.once('end', async () => {
  await lock?.release();
  await cluster.release();
});
