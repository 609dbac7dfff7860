import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { createClient } from '@redis/client';
import type { Config } from '../../config/config.js';

export type RedisClient = ReturnType<typeof createClient>;

type RedisSettings = Pick<Config, 'REDIS_URL' | 'REDIS_HOST' | 'REDIS_PORT' | 'REDIS_USERNAME' | 'REDIS_PASSWORD'>;

const LONGEST_RETRY_MS = 2_000;
/** More commands than this that wait for an answer mean that Redis hangs; further ones are refused at once. */
const QUEUE_LIMIT = 2_000;

async function clientOf(config: RedisSettings): Promise<RedisClient | undefined> {
  if (config.REDIS_URL === undefined && config.REDIS_HOST === undefined) return undefined;
  // Hundreds of modules, which only those load who have a Redis.
  const redis = await import('@redis/client');
  return redis.createClient({
    ...(config.REDIS_URL === undefined ? {} : { url: config.REDIS_URL }),
    ...(config.REDIS_URL === undefined && config.REDIS_USERNAME !== undefined
      ? { username: config.REDIS_USERNAME }
      : {}),
    ...(config.REDIS_URL === undefined && config.REDIS_PASSWORD !== undefined
      ? { password: config.REDIS_PASSWORD }
      : {}),
    socket: {
      ...(config.REDIS_URL === undefined ? { host: config.REDIS_HOST ?? 'localhost', port: config.REDIS_PORT } : {}),
      connectTimeout: 2_000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), LONGEST_RETRY_MS),
    },
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LIMIT,
    pingInterval: 5_000,
  });
}

/** The connection to Redis, where one is configured. */
export class RedisLink implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RedisLink.name);
  private warned = false;
  private made = 0;

  private constructor(readonly client: RedisClient | undefined) {}

  /** Of what the settings name; it connects when the application starts. */
  static async of(config: Config): Promise<RedisLink> {
    return new RedisLink(await clientOf(config));
  }

  /** How many connections there have been: what was learnt on one says nothing about the server behind the next. */
  get connections(): number {
    return this.made;
  }

  onModuleInit(): void {
    const { client } = this;
    if (client === undefined) return;
    client.on('error', (error: unknown) => this.away(error));
    client.on('ready', () => {
      this.made += 1;
      this.warned = false;
      this.logger.log('Redis is connected.');
    });
    // Does not wait: the application starts without Redis too, and finds it when it comes.
    client.connect().catch((error: unknown) => this.away(error));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.disconnect().catch(() => undefined);
  }

  private away(error: unknown): void {
    if (this.warned) return;
    this.warned = true;
    this.logger.warn({ err: error }, 'Redis is away; memory and the database answer without it.');
  }
}
