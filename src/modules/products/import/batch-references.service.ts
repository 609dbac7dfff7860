import { Injectable } from '@nestjs/common';
import { ProductGroupsService } from '../groups/product-groups.service.js';
import { CategoryFinder, type CategoryIds } from './category-finder.service.js';
import { type CategoryReference, keyOf } from './category-path.js';
import { GroupPlaces, namesPlace } from './group-places.js';
import { type HeldGroup, ImportGroupsRepository } from './import-groups.repository.js';
import type { ReadyRow } from './import-row.js';

/** Finds what rows refer to, inside the transaction of their batch: categories, which are made, and groups. */
@Injectable()
export class BatchReferences {
  constructor(
    private readonly finder: CategoryFinder,
    private readonly held: ImportGroupsRepository,
    private readonly productGroups: ProductGroupsService,
  ) {}

  /** Whether rows refer to nothing but categories whose ids are known. */
  areKnown(rows: readonly ReadyRow[], known: CategoryIds): boolean {
    // Rows with one and the same text share what was read from it.
    const categories = new Set(rows.flatMap(({ category }) => category ?? []));
    return !rows.some(namesPlace) && [...categories].every((category) => known.has(keyOf(category)));
  }

  /**
   * @param known ids of categories from earlier batches
   * @returns what was looked up for this batch, and the id that belongs to a row
   */
  async categories(rows: readonly ReadyRow[], known: CategoryIds) {
    const asked = new Map<string, CategoryReference>();
    // Rows with one and the same text share what was read from it.
    const keys = new Map<CategoryReference, string>();
    for (const { category } of rows) {
      if (category === undefined || keys.has(category)) continue;
      const key = keyOf(category);
      keys.set(category, key);
      asked.set(key, category);
    }
    const categories = await this.finder.find([...asked.values()], known);
    const idOf = ({ category }: ReadyRow): string | undefined => {
      const key = category && keys.get(category);
      return key === undefined ? undefined : (categories.ids.get(key) ?? known.get(key));
    };
    return { categories, idOf };
  }

  /**
   * Holds the groups that rows name, and those that they move products of, with all who are in them. What is not there
   * is made, if it has a name.
   */
  async groups(rows: readonly ReadyRow[]): Promise<GroupPlaces> {
    const asked = rows.filter(namesPlace);
    if (asked.length === 0) return new GroupPlaces([], []);
    const ids = new Set(asked.flatMap(({ groupId }) => groupId ?? []));
    const skus = asked.map(({ sku }) => sku);
    const groups = await this.held.hold([...ids], skus);
    const members = await this.held.members(groups.map(({ id }) => id));
    return new GroupPlaces([...groups, ...(await this.make(asked, groups))], members);
  }

  private async make(rows: readonly ReadyRow[], held: readonly HeldGroup[]): Promise<HeldGroup[]> {
    const known = new Set(held.map(({ id }) => id));
    const made: HeldGroup[] = [];
    for (const { groupId: id, group: name } of rows) {
      if (id === undefined || name === undefined || known.has(id)) continue;
      await this.productGroups.create({ name }, id);
      known.add(id);
      made.push({ id, option_names: null });
    }
    return made;
  }

  async nameOptions({ named }: GroupPlaces): Promise<void> {
    for (const [id, names] of named) await this.held.nameOptions(id, names);
  }
}
