import type { Change } from '../../../platform/coherence/change.js';
import type { FinishedJson } from '../../../platform/http/conditional.js';
import type { ProductResponse } from '../dto/product.dto.js';
import { digest, type ProductRow, productTag, toProduct } from '../product-row.js';

/**
 * A product as it is sent: the whole answer about it, and a part of every list that it stands in. It is finished when
 * somebody first asks for it: what sells well changes many times unseen.
 */
export class Fragment {
  readonly id: string;
  readonly version: number;
  private finished: FinishedJson | undefined;

  /** @param unfinishedSize about how many bytes its answer will have; without it, it is finished at once */
  constructor(
    readonly product: ProductResponse,
    private readonly unfinishedSize?: number,
  ) {
    this.id = product.id;
    this.version = product.version;
    if (unfinishedSize === undefined) this.finished = finish(product);
  }

  get answer(): FinishedJson {
    this.finished ??= finish(this.product);
    return this.finished;
  }

  /** Bytes of the answer, more or less. */
  get size(): number {
    return this.unfinishedSize ?? this.answer.body.length;
  }
}

function finish(product: ProductResponse): FinishedJson {
  const body = Buffer.from(JSON.stringify(product));
  return { body, etag: productTag(product, body), cache: 'HIT' };
}

export function fragmentOf(row: ProductRow): Fragment {
  return new Fragment(toProduct(row));
}

/** The fragment after a change of stock that came next; undefined where the change does not say enough, or skips some. */
export function afterStockChange(fragment: Fragment, change: Change): Fragment | undefined {
  const { kind, version, stock, updatedAt } = change;
  if (kind !== 'stock' && kind !== 'availability') return undefined;
  if (version !== fragment.version + 1 || stock === undefined || updatedAt === undefined) return undefined;
  return new Fragment({ ...fragment.product, stock, inStock: stock > 0, version, updatedAt }, fragment.size);
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
