import type { Page } from '../../common/paging.js';
import type { AppCache, CachePlan } from './app-cache.js';

/** JSON that needs no more work before it is sent. */
export interface CachedJson {
  readonly json: string;
  readonly cache: 'HIT' | 'MISS';
  /** Where in a list it lies. */
  readonly position?: Pick<Page<unknown>, 'page' | 'perPage' | 'nextCursor'>;
}

/** An object out of the cache, or read and put there. */
export async function cachedObject(cache: AppCache, plan: CachePlan, read: () => Promise<object>): Promise<CachedJson> {
  const { text, cache: found } = await cache.wrap(plan, async () => JSON.stringify(await read()));
  return { json: text, cache: found };
}

/** A page of a list out of the cache, or read and put there. */
export async function cachedPage(
  cache: AppCache,
  plan: CachePlan,
  read: () => Promise<Page<unknown>>,
): Promise<CachedJson> {
  const { text, cache: found } = await cache.wrap(plan, async () => {
    const page = await read();
    // The position stands before the page, so that nobody has to look for it inside.
    const { page: number, perPage, nextCursor } = page;
    return `${JSON.stringify({ page: number, perPage, nextCursor })}\n${JSON.stringify(page)}`;
  });
  const end = text.indexOf('\n');
  return { json: text.slice(end + 1), cache: found, position: JSON.parse(text.slice(0, end)) };
}
