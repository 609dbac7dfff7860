import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CatalogueCache } from '../catalogue.cache.js';
import { CategoryFinder, type CategoryIds } from './category-finder.service.js';

const BATCH = 200;

/** Makes the categories of a tree that are not there yet. */
@Injectable()
export class CategoryImportService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly finder: CategoryFinder,
    private readonly cache: CatalogueCache,
  ) {}

  /**
   * @param paths names from the top of the tree down
   * @returns how many were made; the others were there
   */
  async run(paths: readonly (readonly string[])[]): Promise<number> {
    const known: CategoryIds = new Map();
    let made = 0;
    for (let start = 0; start < paths.length; start += BATCH) {
      const references = paths.slice(start, start + BATCH).map((names) => ({ names, rooted: true }));
      const found = await this.uow.run(() => this.finder.find(references, known));
      for (const [key, id] of found.ids) known.set(key, id);
      made += found.made.length;
    }
    if (made > 0) await this.cache.categoriesChanged();
    return made;
  }
}
