import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { newId } from '../../common/ids.js';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AppCache } from '../../platform/cache/app-cache.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import type { CreatePromotion, PromotionResponse, UpdatePromotion } from './dto/promotion.dto.js';
import type { PromotionRow } from './promotion-row.js';
import { changedTerms, newTerms, toPromotion } from './promotion-terms.js';
import { PromotedNotFound, PromotionNotFound } from './promotions.errors.js';
import { PROMOTIONS_TAG } from './promotions.events.js';
import { PromotionsRepository } from './promotions.repository.js';

/** What staff do with promotions. */
@Injectable()
export class PromotionsService {
  constructor(
    private readonly promotions: PromotionsRepository,
    private readonly audit: AuditApi,
    private readonly uow: UnitOfWork,
    private readonly cache: AppCache,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Newest first. */
  async list(request: PageRequest): Promise<Page<PromotionResponse>> {
    const limit = request.perPage + 1;
    if (request.cursor === undefined) {
      const rows = await this.promotions.list(limit, offsetOf(request));
      return this.page(rows, request, await this.promotions.count());
    }
    const after = cursorId(request.cursor);
    const rows = after === undefined ? this.promotions.list(limit, 0) : this.promotions.listAfter(limit, after);
    return this.page(await rows, request, undefined);
  }

  /** @throws {PromotionNotFound} */
  async get(id: string): Promise<PromotionResponse> {
    const row = await this.promotions.find(id);
    if (row === undefined) throw new PromotionNotFound();
    return this.toResponse(row);
  }

  /** @throws {InvalidInput | PromotedNotFound | CouponCodeTaken} */
  create(input: CreatePromotion): Promise<PromotionResponse> {
    const now = this.clock.now();
    const terms = newTerms(input, this.config.STORE_CURRENCY);
    const row: PromotionRow = { ...terms, id: newId(), uses: 0, version: 1, created_at: now, updated_at: now };
    return this.uow.run(async () => {
      await this.refuseUnknown(input);
      await this.promotions.insert(row);
      return this.changed('created', row.id, undefined);
    });
  }

  /** @throws {PromotionNotFound | PromotedNotFound | InvalidInput | CouponCodeTaken} */
  update(id: string, input: UpdatePromotion): Promise<PromotionResponse> {
    return this.uow.run(async () => {
      const recounts = input.usageLimit !== undefined || input.perCustomerLimit !== undefined;
      const before = await this.held(id, recounts);
      await this.refuseUnknown(input);
      const { uses } = (await this.promotions.find(id)) ?? before;
      const terms = changedTerms(before, input, this.config.STORE_CURRENCY);
      if (terms.usage_limit !== null && terms.usage_limit < uses)
        throw InvalidInput.field('usageLimit', `must be at least ${uses}: so many sales have it already`);
      await this.promotions.update({ ...before, ...terms, updated_at: this.clock.now() });
      if (terms.per_customer_limit !== null && before.per_customer_limit === null)
        await this.promotions.attributeUses(id);
      return this.changed('updated', id, this.toResponse(before));
    });
  }

  /** @throws {PromotionNotFound | PromotionInUse} */
  delete(id: string): Promise<void> {
    return this.uow.run(async () => {
      const before = this.toResponse(await this.held(id, true));
      await this.promotions.delete(id);
      await this.audit.record({ action: 'promotion.deleted', ...subjectOf(id), before: { ...before } });
      this.cache.invalidateAfterCommit([PROMOTIONS_TAG]);
    });
  }

  /** A promotion for what does not exist would never take anything off. What has gone since may stay. */
  private async refuseUnknown({ productIds, categoryIds }: UpdatePromotion): Promise<void> {
    const unknown = await this.promotions.unknown(productIds ?? [], categoryIds ?? []);
    if (unknown.products.length > 0) throw new PromotedNotFound('product', 'productIds', unknown.products);
    if (unknown.categories.length > 0) throw new PromotedNotFound('category', 'categoryIds', unknown.categories);
  }

  private async held(id: string, wholly: boolean): Promise<PromotionRow> {
    const row = await this.promotions.hold(id, wholly);
    if (row === undefined) throw new PromotionNotFound();
    return row;
  }

  private async changed(
    act: 'created' | 'updated',
    id: string,
    before: PromotionResponse | undefined,
  ): Promise<PromotionResponse> {
    const after = await this.get(id);
    const facts = { before: before && { ...before }, after: { ...after } };
    await this.audit.record({ action: `promotion.${act}`, ...subjectOf(id), ...facts });
    this.cache.invalidateAfterCommit([PROMOTIONS_TAG]);
    return after;
  }

  private page(
    rows: readonly PromotionRow[],
    request: PageRequest,
    total: number | undefined,
  ): Page<PromotionResponse> {
    return toPage(
      rows,
      request,
      total,
      ({ id }) => [id],
      (row) => this.toResponse(row),
    );
  }

  private toResponse(row: PromotionRow): PromotionResponse {
    return toPromotion(row, this.config.STORE_CURRENCY);
  }
}

const subjectOf = (id: string) => ({ subjectType: 'promotion', subjectId: id });
