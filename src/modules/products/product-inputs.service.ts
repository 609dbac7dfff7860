import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { newId } from '../../common/ids.js';
import { parseMoney } from '../../common/money.js';
import { CONFIG, type Config } from '../../config/config.js';
import { STANDARD } from '../taxes/taxes.events.js';
import { CategoriesRepository } from './categories.repository.js';
import type { CreateProduct, SalePriceInput, UpdateProduct } from './dto/product.dto.js';
import { Memberships } from './groups/memberships.service.js';
import { NO_MEMBERSHIP } from './groups/variant-rules.js';
import { type Pricing, pricingAt, regularPriceOf, type SalePrice, salePriceOf } from './prices/sale-price.js';
import type { ProductRow } from './product-row.js';
import type { NewProduct, ProductChanges } from './products.repository.js';

/** Reads what a request says of a product: money, times, and what it refers to. */
@Injectable()
export class ProductInputs {
  constructor(
    private readonly categories: CategoriesRepository,
    private readonly memberships: Memberships,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {CategoryNotFound | ProductGroupNotFound | ProductGroupFull | InvalidInput} */
  async product(input: CreateProduct): Promise<NewProduct> {
    return {
      id: newId(),
      sku: input.sku,
      name: input.name,
      description: input.description ?? '',
      ...this.pricing(this.amount(input.price, 'price'), this.sale(input.salePrice ?? null), 'salePrice.price'),
      currency: this.config.STORE_CURRENCY,
      stock: input.stock ?? 0,
      categoryId: await this.categoryIdOf(input.category ?? null),
      attributes: input.attributes ?? {},
      ...((await this.memberships.of(input, NO_MEMBERSHIP)) ?? NO_MEMBERSHIP),
      images: input.images ?? [],
      active: input.active ?? true,
      lowStockThreshold: input.lowStockThreshold ?? null,
      weight: input.weight ?? null,
      taxCategory: input.taxCategory ?? STANDARD,
    };
  }

  /** Locks what has to be locked before the product is. */
  hold(id: string, input: UpdateProduct): Promise<void> {
    return this.memberships.hold(id, input);
  }

  /**
   * What changes of a product that is held.
   * @throws {CategoryNotFound | InvalidInput}
   */
  async changes(input: UpdateProduct, before: ProductRow): Promise<ProductChanges> {
    const { price, salePrice, category, groupId, options, ...rest } = input;
    const place = { groupId: before.group_id, optionNames: before.option_names, options: before.options };
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    return {
      ...given,
      ...(price === undefined && salePrice === undefined ? {} : this.repriced(price, salePrice, before)),
      ...(await this.memberships.of({ groupId, options }, place)),
      ...(category === undefined ? {} : { categoryId: await this.categoryIdOf(category) }),
    };
  }

  private repriced(price: UpdateProduct['price'], sale: UpdateProduct['salePrice'], before: ProductRow): Pricing {
    const regular = price === undefined ? regularPriceOf(before) : this.amount(price, 'price');
    // Whoever changes the price alone is told that it is the price that does not fit.
    if (sale === undefined) return this.pricing(regular, salePriceOf(before), 'price');
    return this.pricing(regular, this.sale(sale), 'salePrice.price');
  }

  private pricing(regular: bigint, sale: SalePrice | null, path: string): Pricing {
    const pricing = pricingAt(regular, sale, this.clock.now());
    if (pricing.salePrice !== null && pricing.salePrice >= regular) {
      throw InvalidInput.field(path, 'must leave the sale price below the regular price');
    }
    return pricing;
  }

  private sale(input: SalePriceInput | null): SalePrice | null {
    if (input === null) return null;
    const time = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);
    const [from, to] = [time(input.from), time(input.to)];
    if (from !== null && to !== null && from >= to) throw InvalidInput.field('salePrice.to', 'must be after from');
    if (to !== null && to <= this.clock.now()) throw InvalidInput.field('salePrice.to', 'must lie ahead');
    return { price: this.amount(input.price, 'salePrice.price'), from, to };
  }

  private categoryIdOf(reference: string | null): Promise<string | null> {
    return reference === null ? Promise.resolve(null) : this.categories.getId(reference, 'category');
  }

  private amount(amount: string | number, path: string): bigint {
    return parseMoney(amount, this.config.STORE_CURRENCY, path);
  }
}
