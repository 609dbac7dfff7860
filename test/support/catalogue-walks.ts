import type pg from 'pg';
import { encodeCursor } from '../../src/common/paging.js';
import type { CatalogueFilter, ResolvedFilter } from '../../src/modules/products/catalogue-filter.js';
import type { Strategy } from '../../src/modules/products/catalogue-plan.js';
import { CatalogueScopes } from '../../src/modules/products/catalogue-scopes.repository.js';
import { readCursor, type SortKey } from '../../src/modules/products/catalogue-sorts.js';
import { pageOfIdsQuery } from '../../src/modules/products/catalogue-statements.js';

interface Row {
  readonly id: string;
  readonly cursor_key: readonly string[];
}

/** Every way in which a page of a filter can be found in an order. */
export function strategiesFor(filter: ResolvedFilter, sort: SortKey): Strategy[] {
  if (sort === 'relevance' && filter.search) return filter.search.tsquery === '' ? ['gather'] : ['gather', 'tiers'];
  return filter.categories === undefined || filter.search ? ['gather', 'walk'] : ['gather', 'walk', 'merge'];
}

export function resolve(db: pg.Pool, filter: CatalogueFilter, reading?: string): Promise<ResolvedFilter> {
  const scopes = new CatalogueScopes(async ({ text }, values) => (await db.query(text, [...values])).rows);
  return scopes.anew(filter, reading).then((scope) => scope.filter);
}

const ABUNDANCES = [
  { title: 'unknown', anywhere: 'unknown' },
  { title: 'frequent', anywhere: 'some' },
  { title: 'some', anywhere: 'frequent' },
  { title: 'few', anywhere: 'few' },
] as const;

/** One page of ids, found as told, and the cursor of the next; by offset where no cursor is given. */
export async function pageBy(
  db: pg.Pool,
  choose: <T>(choices: readonly T[]) => T | undefined,
  filter: CatalogueFilter,
  sort: SortKey,
  window: { readonly limit: number; readonly offset?: number; readonly cursor?: string },
): Promise<{ ids: string[]; cursor: string | null }> {
  const { limit, offset = 0, cursor = '' } = window;
  const position = cursor === '' ? undefined : readCursor(cursor, sort, filter.q !== undefined);
  const asked = await resolve(db, filter, position?.reading);
  const categoriesFirst = asked.categories !== undefined && choose([false, true]);
  const resolved = { ...asked, categoriesFirst };
  const strategy = choose(strategiesFor(resolved, sort)) ?? 'gather';
  const abundance = choose<(typeof ABUNDANCES)[number]>(ABUNDANCES);
  const { text, values } = pageOfIdsQuery({
    ...{ filter: resolved, sort, strategy, limit: limit + 1, offset, position },
    ...(abundance === undefined ? {} : { abundance }),
  });
  const { rows } = await db.query<Row>(text, [...values]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    ids: shown.map(({ id }) => id),
    cursor: more ? encodeCursor([sort, ...last.cursor_key, last.id]) : null,
  };
}
