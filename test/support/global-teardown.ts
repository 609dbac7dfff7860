import type { EmbeddedCluster } from '../../src/platform/database/embedded/embedded-cluster.js';

export default async function globalTeardown(): Promise<void> {
  await (globalThis as { tradepostCluster?: EmbeddedCluster }).tradepostCluster?.release();
}
