import { DomainError, NotFound } from '../../common/domain-error.js';

/** The cart has no line of this product. */
export class CartItemNotFound extends NotFound {
  constructor() {
    super('cart_item');
  }
}

/** More is wanted of some product than there is. */
export class InsufficientStock extends DomainError {
  constructor(productId: string, wanted: number, stock: number) {
    const message = `${wanted} are wanted and ${stock} are in stock`;
    super('conflict', 'insufficient_stock', `There is not enough of this product: ${message}.`, [
      { path: 'quantity', message, productId, available: stock },
    ]);
  }
}

/** The cart has as many lines as one may have. */
export class CartFull extends DomainError {
  constructor(limit: number) {
    super('conflict', 'cart_full', `A cart holds at most ${limit} different products.`, [], { limit });
  }
}
