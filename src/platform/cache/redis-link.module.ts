import { Module } from '@nestjs/common';
import { RedisLink } from './redis-link.js';

/** The one connection to Redis. */
@Module({ providers: [RedisLink], exports: [RedisLink] })
export class RedisLinkModule {}
