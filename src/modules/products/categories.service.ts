import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { isUuid, newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { FinishedJson } from '../../platform/http/conditional.js';
import { AuditApi } from '../audit/audit.api.js';
import { CatalogueCache } from './catalogue.cache.js';
import { CategoriesRepository } from './categories.repository.js';
import { type CategoryRow, MAX_DEPTH, toCategory, toTree } from './category-tree.js';
import type { CategoryResponse, CreateCategory, UpdateCategory } from './dto/category.dto.js';
import { digest } from './product-row.js';
import { CategoryCycle, CategoryNotFound, CategoryTooDeep, ParentCategoryNotFound } from './products.errors.js';
import { isSlug, slugCandidates } from './slug.js';

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

  /**
   * A category by its slug or id, with its neighbours in the tree.
   * @throws {CategoryNotFound}
   */
  detail(reference: string): Promise<FinishedJson> {
    if (!isSlug(reference) && !isUuid(reference)) throw new CategoryNotFound();
    return this.cache.category(reference.toLowerCase(), async () => {
      const row = await this.categories.get(reference.toLowerCase());
      const ancestors = (await this.categories.ancestors(row.id)).map(toCategory);
      const children = (await this.categories.children(row.id)).map(toCategory);
      return { ...toCategory(row), ancestors, children };
    });
  }

  /** @throws {ParentCategoryNotFound} {@link CategoryTooDeep} */
  create({ name, parentId }: CreateCategory): Promise<CategoryResponse> {
    return this.uow.run(async () => {
      if (parentId) await this.checkPlace(parentId, null);
      const parent = parentId ? await this.categories.find(parentId) : undefined;
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
   * @throws {CategoryNotFound} {@link ParentCategoryNotFound} {@link CategoryCycle} {@link CategoryTooDeep}
   */
  update(id: string, changes: UpdateCategory): Promise<CategoryResponse> {
    return this.uow.run(async () => {
      if (changes.parentId) await this.checkPlace(changes.parentId, id);
      const before = await this.categories.hold(id);
      if (before === undefined) throw new CategoryNotFound();
      if (changes.name === undefined && changes.parentId === undefined) return toCategory(before);
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

  /**
   * Whether a category may lie below a parent, while nobody else can move either.
   * @param id null for a category that is yet to be made
   */
  private async checkPlace(parentId: string, id: string | null): Promise<void> {
    await this.categories.lockTree();
    if (id !== null && (await this.categories.find(id)) === undefined) throw new CategoryNotFound();
    const place = await this.categories.place(parentId, id);
    if (place === undefined) throw new ParentCategoryNotFound();
    if (place.within) throw new CategoryCycle();
    if (place.depth + place.height > MAX_DEPTH) throw new CategoryTooDeep(MAX_DEPTH);
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
