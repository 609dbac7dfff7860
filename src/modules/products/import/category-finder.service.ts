import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { newId } from '../../../common/ids.js';
import { CategoriesRepository } from '../categories.repository.js';
import { slugCandidates, slugify } from '../slug.js';
import { type CategoryReference, keyOf } from './category-path.js';
import { type FoundCategory, ImportCategoriesRepository } from './import-categories.repository.js';

/** Ids of categories by the key of what refers to them. */
export type CategoryIds = Map<string, string>;

/** What became of references: ids for all of them, and the slugs of categories that were made. */
export interface FoundCategories {
  readonly ids: CategoryIds;
  readonly made: readonly string[];
}

/** A single name or slug, which may be anywhere in the tree. */
function isPlain({ names, slugs, rooted = false }: CategoryReference): boolean {
  return names.length === 1 && slugs === undefined && !rooted;
}

/** Finds the categories that rows name, and makes those that are not there, inside the transaction of its caller. */
@Injectable()
export class CategoryFinder {
  constructor(
    private readonly found: ImportCategoriesRepository,
    private readonly categories: CategoriesRepository,
    private readonly clock: Clock,
  ) {}

  /** @param known ids that need not be looked up again */
  async find(references: readonly CategoryReference[], known: CategoryIds): Promise<FoundCategories> {
    const asked = new Map(references.map((reference) => [keyOf(reference), reference]));
    const ids: CategoryIds = new Map();
    const made: string[] = [];
    // Every import makes categories in one order, so that two of them do not wait for each other in a circle.
    const open = [...asked].filter(([key]) => !known.has(key)).sort(([one], [other]) => (one < other ? -1 : 1));
    await this.findPlain(open, ids, made);
    await this.findBySlugs(open, ids, made);
    for (const [key, { names }] of open) if (!ids.has(key)) ids.set(key, await this.walk(names, made));
    return { ids, made };
  }

  /** Single names and slugs, which may be anywhere in the tree. */
  private async findPlain(open: readonly [string, CategoryReference][], ids: CategoryIds, made: string[]) {
    const plain = open.filter(([, reference]) => isPlain(reference));
    if (plain.length === 0) return;
    const names = plain.map(([, reference]) => reference.names[0] ?? '');
    const found = await this.found.byReference(names, names.map(slugify));
    for (const [index, [key]] of plain.entries()) {
      const name = names[index] ?? '';
      // Another spelling of a name may have made it just before.
      const id = found.get(name) ?? (await this.findPlainOnce(name));
      ids.set(key, id ?? (await this.make(name, null, '', made, () => this.findPlainOnce(name))).id);
    }
  }

  private async findPlainOnce(name: string): Promise<string | undefined> {
    return (await this.found.byReference([name], [slugify(name)])).get(name);
  }

  /** References that bring their slugs: whatever has the last one is meant. */
  private async findBySlugs(open: readonly [string, CategoryReference][], ids: CategoryIds, made: string[]) {
    const withSlugs = open.filter(([, { slugs }]) => slugs !== undefined);
    if (withSlugs.length === 0) return;
    const found = await this.found.bySlug(withSlugs.flatMap(([, { slugs }]) => slugs ?? []));
    for (const [key, { names, slugs = [] }] of withSlugs) {
      let parentId: string | null = null;
      for (const [depth, slug] of slugs.entries()) {
        const id: string = found.get(slug) ?? (await this.makeAt(slug, names[depth] ?? slug, parentId, made));
        found.set(slug, id);
        parentId = id;
      }
      if (parentId !== null) ids.set(key, parentId);
    }
  }

  private async makeAt(slug: string, name: string, parentId: string | null, made: string[]): Promise<string> {
    const id = newId();
    const row = await this.categories.insert({ id, slug, name, parent_id: parentId }, this.clock.now());
    if (row !== undefined) made.push(slug);
    const there = row?.id ?? (await this.found.bySlug([slug])).get(slug);
    if (there === undefined) throw new Error(`The category ${slug} was deleted while it was looked for.`);
    return there;
  }

  /** Down a path by its names. */
  private async walk(names: readonly string[], made: string[]): Promise<string> {
    let parent: FoundCategory | undefined;
    for (const name of names) {
      const parentId: string | null = parent?.id ?? null;
      const below = (): Promise<FoundCategory | undefined> => this.found.findBelow(parentId, name);
      const again = async (): Promise<string | undefined> => (await below())?.id;
      parent = (await below()) ?? (await this.make(name, parentId, parent?.slug ?? '', made, again));
    }
    if (parent === undefined) throw new Error('A path of categories names none.');
    return parent.id;
  }

  /** @param again looks for it once more: where a slug is taken, somebody else may have made it meanwhile */
  private async make(
    name: string,
    parentId: string | null,
    hint: string,
    made: string[],
    again: () => Promise<string | undefined>,
  ): Promise<FoundCategory> {
    const id = newId();
    for (const slug of slugCandidates(name, hint, id)) {
      const row = await this.categories.insert({ id, slug, name, parent_id: parentId }, this.clock.now());
      if (row !== undefined) made.push(slug);
      const known = row?.id ?? (await again());
      if (known !== undefined) return { id: known, slug };
    }
    throw new Error(`Every slug for the category ${name} is taken.`);
  }
}
