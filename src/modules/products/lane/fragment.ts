import type { Change } from '../../../platform/coherence/change.js';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import type { ProductResponse } from '../dto/product.dto.js';
import { digest, type ProductRow, productTag, toProduct } from '../product-row.js';

/** A product as it is sent: the whole answer about it, and a part of every list that it stands in. */
export interface Fragment {
  readonly id: string;
  readonly version: number;
  readonly product: ProductResponse;
  readonly answer: FinishedJson;
}

function toFragment(product: ProductResponse): Fragment {
  const body = Buffer.from(JSON.stringify(product));
  const answer = { body, etag: productTag(product, body), cache: 'HIT' as const };
  return { id: product.id, version: product.version, product, answer };
}

export function fragmentOf(row: ProductRow): Fragment {
  return toFragment(toProduct(row));
}

/** The fragment after a change of stock that came next; undefined where the change does not say enough, or skips some. */
export function afterStockChange(fragment: Fragment, change: Change): Fragment | undefined {
  const { kind, version, stock, updatedAt } = change;
  if (kind !== 'stock' && kind !== 'availability') return undefined;
  if (version !== fragment.version + 1 || stock === undefined || updatedAt === undefined) return undefined;
  return toFragment({ ...fragment.product, stock, inStock: stock > 0, version, updatedAt });
}

const OPEN = Buffer.from('{"items":[');
const COMMA = Buffer.from(',');

/** What stands around the products of a list. */
export interface ListFrame {
  /** The JSON before the first of them, where it is not just the name of the array. */
  readonly head?: Buffer | undefined;
  /** The JSON after the last of them. */
  readonly tail: Buffer;
  readonly position: FinishedJson['position'];
}

/** The answer of a list, joined from the products in it. */
export function joinList(fragments: readonly Fragment[], { head = OPEN, tail, position }: ListFrame): FinishedJson {
  const parts: Buffer[] = [head];
  let tags = head.toString();
  for (const { answer } of fragments) {
    if (parts.length > 1) parts.push(COMMA);
    parts.push(answer.body);
    tags += answer.etag;
  }
  parts.push(tail);
  return { body: Buffer.concat(parts), etag: `"${digest(tags + tail.toString())}"`, cache: 'HIT', position };
}
