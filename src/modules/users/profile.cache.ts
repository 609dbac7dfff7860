import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { type CachedJson, cachedObject } from '../../platform/cache/cached-json.js';
import { USERS_TAG } from './users.events.js';

const tagsOf = (userId: string): string[] => [`${USERS_TAG}:${userId}`];

/** What people see of their own account, kept until the account changes. */
@Injectable()
export class ProfileCache {
  constructor(
    private readonly cache: AppCache,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  get(userId: string, read: () => Promise<object>): Promise<CachedJson> {
    const plan = { key: `users:me:${userId}`, ttl: this.config.CACHE_DEFAULT_TIMEOUT, tags: tagsOf(userId) };
    return cachedObject(this.cache, plan, read);
  }

  /** The transaction that is under way changes the account. */
  changing(userId: string): void {
    this.cache.invalidateAfterCommit(tagsOf(userId));
  }
}
