import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { isUuid } from '../../common/ids.js';
import { decodeCursor, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import { CONFIG, type Config } from '../../config/config.js';
import type { LowStockResponse, StockLevelResponse } from './dto/stock-level.dto.js';
import { ProductNotFound } from './products.errors.js';
import { type LowStockRow, StockLevelsRepository } from './stock-levels.repository.js';

/** Tells what is in stock, what was, and what runs out. */
@Injectable()
export class StockLevelsService {
  constructor(
    private readonly levels: StockLevelsRepository,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The level of a product, archived or not, now or at a moment that has passed; 0 before its first movement.
   * @param asOf RFC 3339; a moment that is still to come stands for now
   * @throws {ProductNotFound}
   */
  async level(productId: string, asOf: string | undefined): Promise<StockLevelResponse> {
    const now = this.clock.now();
    const past = asOf === undefined || Date.parse(asOf) >= now.getTime() ? null : asOf;
    const row = await this.levels.level(productId, past);
    if (row === undefined) throw new ProductNotFound();
    const { sku, quantity, reserved } = row;
    const lowStockThreshold = this.thresholdOf(row.low_stock_threshold);
    const moment = (past === null ? now : new Date(past)).toISOString();
    return { productId, sku, quantity, reserved, lowStockThreshold, asOf: moment };
  }

  /**
   * The products whose stock is below their threshold, the emptiest first.
   * @throws {InvalidInput}
   */
  async low(request: PageRequest): Promise<Page<LowStockResponse>> {
    const threshold = this.config.LOW_STOCK_THRESHOLD;
    const total = request.cursor === undefined ? await this.levels.countLow(threshold) : undefined;
    const keyOf = (row: LowStockRow): string[] => [String(row.stock), row.id];
    return toPage(await this.lowRows(threshold, request), request, total, keyOf, (row) => this.toLowStock(row));
  }

  private lowRows(threshold: number, request: PageRequest): Promise<LowStockRow[]> {
    const limit = request.perPage + 1;
    if (request.cursor === undefined) return this.levels.low(threshold, limit, offsetOf(request));
    if (request.cursor === '') return this.levels.low(threshold, limit, 0);
    const [stock, id] = decodeCursor(request.cursor, 2);
    if (!/^\d{1,9}$/.test(stock ?? '') || !isUuid(id ?? '')) {
      throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
    }
    return this.levels.lowAfter(threshold, limit, Number(stock), id ?? '');
  }

  private toLowStock(row: LowStockRow): LowStockResponse {
    return {
      productId: row.id,
      sku: row.sku,
      slug: row.slug,
      name: row.name,
      active: row.active,
      stock: row.stock,
      lowStockThreshold: this.thresholdOf(row.low_stock_threshold) ?? 0,
      updatedAt: row.updated_at.toISOString(),
    };
  }

  /** The threshold that holds for a product; null where nothing is ever low. */
  private thresholdOf(own: number | null): number | null {
    const threshold = own ?? this.config.LOW_STOCK_THRESHOLD;
    return threshold === 0 ? null : threshold;
  }
}
