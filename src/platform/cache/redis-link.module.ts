import { Module } from '@nestjs/common';
import { CONFIG } from '../../config/config.js';
import { RedisLink } from './redis-link.js';

/** The one connection to Redis. */
@Module({ providers: [{ provide: RedisLink, inject: [CONFIG], useFactory: RedisLink.of }], exports: [RedisLink] })
export class RedisLinkModule {}
