import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { CreateProduct, ProductResponse, UpdateProduct } from './dto/product.dto.js';
import { ProductInputs } from './product-inputs.service.js';
import { ProductJournal } from './product-journal.service.js';
import { type ProductRow, toProduct, versionsOf } from './product-row.js';
import { ProductNotFound, VersionMismatch } from './products.errors.js';
import { type NewProduct, ProductsRepository } from './products.repository.js';
import { slugCandidates } from './slug.js';

/** Makes, changes and archives products. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly products: ProductsRepository,
    private readonly inputs: ProductInputs,
    private readonly journal: ProductJournal,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a product; its first stock is a receipt.
   * @param actorId the user who does; null for a tool
   * @param id of the product, where it is known beforehand
   * @throws {SkuTaken} {@link CategoryNotFound} {@link InvalidInput}
   */
  create(input: CreateProduct, actorId: string | null, id = newId()): Promise<ProductResponse> {
    return this.uow.run(async () => {
      const row = await this.insert({ ...(await this.inputs.product(input)), id }, actorId);
      await this.journal.created(row);
      return toProduct(row);
    });
  }

  /**
   * Changes what is given.
   * @param tags entity tags of the product, one of which must be current; any version where undefined
   * @throws {ProductNotFound} {@link VersionMismatch} {@link SkuTaken} {@link CategoryNotFound} {@link InvalidInput}
   */
  update(id: string, input: UpdateProduct, tags: readonly string[] | undefined): Promise<ProductResponse> {
    const versions = tags && versionsOf(tags, id);
    return this.uow.run(async () => {
      await this.inputs.hold(id, input);
      const before = await this.products.hold(id);
      if (before === undefined) throw new ProductNotFound();
      if (versions !== undefined && !versions.includes(before.version)) throw new VersionMismatch();
      const changes = await this.inputs.changes(input, before);
      if (Object.keys(changes).length === 0) return toProduct(before);
      const row = await this.products.update(id, changes, this.clock.now());
      await this.journal.updated(row, before);
      return toProduct(row);
    });
  }

  /** @throws {ProductNotFound} {@link VersionMismatch} */
  archive(id: string, tags: readonly string[] | undefined): Promise<void> {
    return this.uow.run(async () => {
      const row = await this.products.archive(id, tags && versionsOf(tags, id), this.clock.now());
      if (row === undefined) throw await this.refusal(id);
      await this.journal.archived(row);
    });
  }

  /**
   * Takes an archived product back into the catalogue as it was; one that is not archived stays as it is.
   * @throws {ProductNotFound} {@link VersionMismatch}
   */
  restore(id: string, tags: readonly string[] | undefined): Promise<ProductResponse> {
    const versions = tags && versionsOf(tags, id);
    return this.uow.run(async () => {
      const row = await this.products.restore(id, versions, this.clock.now());
      if (row !== undefined) {
        await this.journal.restored(row);
        return toProduct(row);
      }
      if (await this.products.isArchived(id)) throw new VersionMismatch();
      return toProduct(await this.unchanged(id, versions));
    });
  }

  private async insert(product: NewProduct, actorId: string | null): Promise<ProductRow> {
    for (const slug of slugCandidates(product.name, product.sku, product.id)) {
      const row = await this.products.insert(product, slug, newId(), actorId, this.clock.now());
      if (row !== undefined) return row;
    }
    throw new Error(`Every slug for product ${product.id} is taken.`);
  }

  private async unchanged(id: string, versions: readonly number[] | undefined): Promise<ProductRow> {
    const row = await this.products.findById(id);
    if (row === undefined) throw new ProductNotFound();
    if (versions !== undefined && !versions.includes(row.version)) throw new VersionMismatch();
    return row;
  }

  /** Why a write found nothing to change. */
  private async refusal(id: string): Promise<Error> {
    return (await this.products.findById(id)) === undefined ? new ProductNotFound() : new VersionMismatch();
  }
}
