import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { FinishedJson } from '../../platform/http/conditional.js';
import { AuditApi } from '../audit/audit.api.js';
import { CatalogueCache } from './catalogue.cache.js';
import { CategoriesRepository } from './categories.repository.js';
import { type CategoryRow, toCategory, toTree } from './category-tree.js';
import type { CategoryResponse, CreateCategory, UpdateCategory } from './dto/category.dto.js';
import { digest } from './product-row.js';
import { CategoryCycle, CategoryNotFound } from './products.errors.js';
import { slugCandidates } from './slug.js';

/** Keeps the tree by which the catalogue is browsed. */
@Injectable()
export class CategoriesService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly categories: CategoriesRepository,
    private readonly cache: CatalogueCache,
    private readonly clock: Clock,
    private readonly audit: AuditApi,
  ) {}

  tree(): Promise<FinishedJson> {
    return this.cache.categories(async () => {
      const json = JSON.stringify({ items: toTree(await this.categories.all()) });
      return { body: Buffer.from(json), etag: `"${digest(json)}"`, cache: 'MISS' };
    });
  }

  /** Ids of the categories by their names. */
  async idsByName(): Promise<Map<string, string>> {
    return new Map((await this.categories.all()).map(({ name, id }) => [name, id]));
  }

  /** @throws {CategoryNotFound} where there is no such parent */
  create({ name, parentId }: CreateCategory): Promise<CategoryResponse> {
    return this.uow.run(async () => {
      const parent = parentId ? await this.categories.find(parentId) : undefined;
      if (parentId && parent === undefined) throw new CategoryNotFound();
      const row = { id: newId(), name, parent_id: parent?.id ?? null };
      for (const slug of slugCandidates(name, parent?.slug ?? '', row.id)) {
        const made = await this.categories.insert({ ...row, slug }, this.clock.now());
        if (made !== undefined) return this.changed('created', undefined, made);
      }
      throw new Error(`Every slug for category ${row.id} is taken.`);
    });
  }

  /**
   * Renames or moves a category, with all below it.
   * @throws {CategoryNotFound} where it or its parent does not exist {@link CategoryCycle}
   */
  update(id: string, changes: UpdateCategory): Promise<CategoryResponse> {
    return this.uow.run(async () => {
      if (changes.parentId) {
        await this.categories.lockTree();
        if (await this.categories.isWithin(changes.parentId, id)) throw new CategoryCycle();
      }
      const before = await this.categories.hold(id);
      if (before === undefined) throw new CategoryNotFound();
      const after = await this.categories.update(id, changes, this.clock.now());
      return this.changed('updated', before, after ?? before);
    });
  }

  /** @throws {CategoryNotFound} {@link CategoryNotEmpty} where others lie below it */
  delete(id: string): Promise<void> {
    return this.uow.run(async () => {
      const before = await this.categories.hold(id);
      if (before === undefined || !(await this.categories.delete(id, this.clock.now()))) throw new CategoryNotFound();
      await this.changed('deleted', before, before);
    });
  }

  /** @param row the category as it is now, or was until it was deleted */
  private async changed(
    act: 'created' | 'updated' | 'deleted',
    before: CategoryRow | undefined,
    row: CategoryRow,
  ): Promise<CategoryResponse> {
    const after = act === 'deleted' ? undefined : { ...toCategory(row) };
    const subject = { subjectType: 'category', subjectId: row.id };
    await this.audit.record({ action: `category.${act}`, ...subject, before: before && toCategory(before), after });
    this.uow.afterCommit(() => this.cache.categoriesChanged());
    return toCategory(row);
  }
}
