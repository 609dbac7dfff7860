import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { type CachedJson, cachedObject, cachedPage } from '../../platform/cache/cached-json.js';
import type { UserPrincipal } from '../../platform/security/principal.js';
import type { SaleHistoryResponse } from './dto/sale.response.js';
import type { AdminSalesQuery } from './dto/sales.query.js';
import { SalesService } from './sales.service.js';

const STAFF_SECONDS = 600;
const EVERY_SALE = ['sales'];

/** What is asked for again and again of sales, out of the cache until a sale changes. */
@Injectable()
export class SaleViews {
  constructor(
    private readonly sales: SalesService,
    private readonly cache: AppCache,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The same for all who may see every sale. */
  listForStaff(query: AdminSalesQuery): Promise<CachedJson> {
    const { status, from, to, userId, q, page, perPage, cursor } = query;
    // A digest: what is searched for may be the address of a person, and keys are logged.
    const asked = JSON.stringify([status, from, to, userId, q, page, perPage, cursor].map((value) => value ?? null));
    const key = `sales:list:${createHash('sha256').update(asked).digest('base64url')}`;
    return cachedPage(this.cache, { key, ttl: STAFF_SECONDS, tags: EVERY_SALE }, () => this.sales.listForStaff(query));
  }

  getForStaff(id: string): Promise<CachedJson> {
    const plan = { key: `sales:one:${id}`, ttl: STAFF_SECONDS, tags: EVERY_SALE };
    return cachedObject(this.cache, plan, () => this.sales.getForStaff(id));
  }

  /** Not kept: who asks wants to know what was just done. */
  history(id: string): Promise<SaleHistoryResponse> {
    return this.sales.history(id);
  }

  stats(user: UserPrincipal): Promise<CachedJson> {
    const { userId } = user;
    const ttl = this.config.CACHE_DEFAULT_TIMEOUT;
    const plan = { key: `sales:stats:${userId}`, ttl, tags: [`sales:${userId}`] };
    return cachedObject(this.cache, plan, () => this.sales.stats(user));
  }
}
