import { Injectable } from '@nestjs/common';
import { AppCache } from '../../platform/cache/app-cache.js';
import type { FinishedJson } from '../../platform/http/conditional.js';
import type { PagePosition } from '../../platform/http/links.js';

/** An answer before it was cached or after: the JSON and what its header says. */
export interface Finished {
  readonly json: string;
  readonly etag: string;
  readonly position?: PagePosition;
}

const LIST_SECONDS = 1_800;
const DETAIL_SECONDS = 3_600;

/** Every list, whatever it is filtered by. */
const LISTS = 'products';
/** Whatever depends on which products are visible, but not on their stock. */
const MEMBERSHIP = 'products:membership';
/** Every single product. */
const DETAILS = 'products:details';
const CATEGORIES = 'categories';

/** More products than this are forgotten by forgetting all. */
const MOST_SINGLE = 50;

/** What is kept of the catalogue as finished bytes, and what spoils it. */
@Injectable()
export class CatalogueCache {
  constructor(private readonly cache: AppCache) {}

  list(key: string, fill: () => Promise<Finished>): Promise<FinishedJson> {
    return this.finished(`products:list:${key}`, LIST_SECONDS, [LISTS], fill);
  }

  detail(id: string, fill: () => Promise<Finished>): Promise<FinishedJson> {
    return this.finished(`products:detail:${id}`, DETAIL_SECONDS, [DETAILS, `product:${id}`], fill);
  }

  categories(fill: () => Promise<Finished>): Promise<FinishedJson> {
    return this.finished('categories', LIST_SECONDS, [CATEGORIES], fill);
  }

  category(reference: string, fill: () => Promise<Finished>): Promise<FinishedJson> {
    return this.finished(`categories:${reference}`, LIST_SECONDS, [CATEGORIES], fill);
  }

  /** The number of visible products, which no change of stock alters. */
  async total(fill: () => Promise<number>): Promise<number> {
    return Number(
      await this.cache.wrap('products:total', LIST_SECONDS, [MEMBERSHIP], async () => String(await fill())),
    );
  }

  /** The id behind a slug. Slugs never change hands, so nothing spoils it. */
  async idOfSlug(slug: string, fill: () => Promise<string>): Promise<string> {
    return String(await this.cache.wrap(`products:slug:${slug}`, DETAIL_SECONDS, [], fill));
  }

  /** Products were made, changed or archived. */
  productsChanged(ids: readonly string[]): Promise<void> {
    return this.cache.invalidate([LISTS, MEMBERSHIP, ...single(ids)]);
  }

  /** The stock of products has changed, and nothing else about them. */
  stockChanged(ids: readonly string[]): Promise<void> {
    return this.cache.invalidate([LISTS, ...single(ids)]);
  }

  /** Categories were made, changed or deleted: every product shows the name of its own. */
  categoriesChanged(): Promise<void> {
    return this.cache.invalidate([CATEGORIES, LISTS, DETAILS]);
  }

  private async finished(
    key: string,
    seconds: number,
    tags: readonly string[],
    fill: () => Promise<Finished>,
  ): Promise<FinishedJson> {
    let cache: 'HIT' | 'MISS' = 'HIT';
    const packed = await this.cache.wrap(key, seconds, tags, async () => {
      cache = 'MISS';
      return pack(await fill());
    });
    return { ...unpack(packed), cache };
  }
}

/** Tags of single products. */
function single(ids: readonly string[]): string[] {
  return ids.length > MOST_SINGLE ? [DETAILS] : ids.map((id) => `product:${id}`);
}

/** The header as one line of JSON, then the body. */
export function pack({ json, etag, position }: Finished): Buffer {
  return Buffer.from(`${JSON.stringify({ etag, position })}\n${json}`);
}

export function unpack(packed: Buffer | string): Omit<FinishedJson, 'cache'> {
  const bytes = typeof packed === 'string' ? Buffer.from(packed) : packed;
  const end = bytes.indexOf(10);
  const { etag, position } = JSON.parse(bytes.toString('utf8', 0, end)) as Pick<Finished, 'etag' | 'position'>;
  return { body: bytes.subarray(end + 1), etag, position };
}
