import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';

/** Slugs and names are matched apart, each by its own index or hash, and the best match of each reference wins. */
const CATEGORIES = statement(
  'import.categories',
  `WITH asked AS MATERIALIZED (
     SELECT reference, slug, lower(reference) AS name FROM unnest($1::text[], $2::text[]) AS a (reference, slug)
   ), found AS (
     SELECT a.reference, c.id, 1 AS rank FROM asked a JOIN categories c ON c.slug = a.reference
     UNION ALL
     SELECT a.reference, c.id, 2 FROM asked a JOIN categories c ON lower(c.name) = a.name
     UNION ALL
     SELECT a.reference, c.id, 3 FROM asked a JOIN categories c ON c.slug = a.slug
   )
   SELECT DISTINCT ON (reference) reference, id FROM found ORDER BY reference, rank, id`,
);
const BY_SLUGS = statement('import.categoriesBySlug', 'SELECT id, slug FROM categories WHERE slug = ANY ($1::text[])');
const CHILD = statement(
  'import.childCategory',
  'SELECT id, slug FROM categories WHERE parent_id = $1 AND lower(name) = lower($2) ORDER BY id LIMIT 1',
);
const ROOT = statement(
  'import.rootCategory',
  'SELECT id, slug FROM categories WHERE parent_id IS NULL AND lower(name) = lower($1) ORDER BY id LIMIT 1',
);

/** A category that is there, or was just made. */
export interface FoundCategory {
  readonly id: string;
  readonly slug: string;
}

/** Finds the categories that a file names. */
@Injectable()
export class ImportCategoriesRepository extends BaseRepository {
  /** Ids of categories by the slug or name that they are asked for by; `slugs` are the slugs of the same references. */
  async byReference(references: readonly string[], slugs: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.rows<{ reference: string; id: string }>(CATEGORIES, [references, slugs]);
    return new Map(rows.map(({ reference, id }) => [reference, id]));
  }

  /** Ids by slug. */
  async bySlug(slugs: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.rows<FoundCategory>(BY_SLUGS, [slugs]);
    return new Map(rows.map(({ slug, id }) => [slug, id]));
  }

  /** The category of a name right below another one, or at the top where that is null. */
  findBelow(parentId: string | null, name: string): Promise<FoundCategory | undefined> {
    return parentId === null
      ? this.first<FoundCategory>(ROOT, [name])
      : this.first<FoundCategory>(CHILD, [parentId, name]);
  }
}
