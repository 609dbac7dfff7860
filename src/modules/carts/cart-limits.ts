import { type DomainError, InvalidInput } from '../../common/domain-error.js';
import { CartFull, InsufficientStock } from './carts.errors.js';

/** Most pieces of one product in a cart; the database checks it too. */
export const MAX_QUANTITY = 999;

/** Most lines of a cart: a checkout locks each product of it, so a cart must not grow without end. */
export const MAX_LINES = 500;

/** What a line would come to by a change, and what it depends on. */
export interface WantedLine {
  readonly productId: string;
  /** Pieces after the change. */
  readonly wanted: number;
  readonly stock: number;
  /** Other lines of the cart. */
  readonly otherLines: number;
}

/**
 * Why a cart may not be changed so; undefined where it may. Stock is looked at so that a shopper learns early, and is
 * not held: only a sale takes it.
 */
export function refusalOf({ productId, wanted, stock, otherLines }: WantedLine): DomainError | undefined {
  if (wanted > MAX_QUANTITY) {
    return InvalidInput.field('quantity', `would make ${wanted} of this product; a cart holds at most ${MAX_QUANTITY}`);
  }
  if (wanted > stock) return new InsufficientStock(productId, wanted, stock);
  if (otherLines >= MAX_LINES) return new CartFull(MAX_LINES);
  return undefined;
}
