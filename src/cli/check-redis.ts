import { type Config, loadConfig } from '../config/config.js';
import { type RedisClient, RedisLink } from '../platform/cache/redis-link.js';
import { runMain } from './fail.js';

/** Where Redis is, without the password. */
function addressOf(config: Config): string {
  if (config.REDIS_URL === undefined) return `${config.REDIS_HOST}:${config.REDIS_PORT}`;
  return new URL(config.REDIS_URL).host;
}

/** The client tries again for ever; a check takes the first error for the answer. */
function connectOnce(client: RedisClient): Promise<unknown> {
  const refused = new Promise<never>((_resolve, reject) => {
    client.on('error', reject);
  });
  return Promise.race([client.connect(), refused]);
}

await runMain(async () => {
  const config = loadConfig();
  const { client } = await RedisLink.of(config);
  if (client === undefined) {
    process.stdout.write(
      'No Redis is configured (REDIS_URL, REDIS_HOST): the cache is in the memory of the process.\n',
    );
    return;
  }
  const address = addressOf(config);
  try {
    await connectOnce(client);
    await client.ping();
    process.stdout.write(`Redis answers at ${address}.\n`);
  } catch (error) {
    throw new Error(`Redis does not answer at ${address}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await client.disconnect().catch(() => undefined);
  }
});
