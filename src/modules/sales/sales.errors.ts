import { DomainError, type FieldProblem, NotFound } from '../../common/domain-error.js';
import type { SaleStatus } from './lifecycle/sale-lifecycle.js';
import type { ReturnStatus } from './returns/return-lifecycle.js';

export class SaleNotFound extends NotFound {
  constructor() {
    super('sale');
  }
}

/** Lines that cannot be sold as asked; each problem's path names the line. */
export class InsufficientStock extends DomainError {
  constructor(problems: readonly FieldProblem[]) {
    super('conflict', 'insufficient_stock', 'There is not enough stock for this sale; nothing was changed.', problems);
  }
}

/** Lines of products that are no longer, or never were, for sale. */
export class ProductsNotForSale extends DomainError {
  constructor(problems: readonly FieldProblem[]) {
    super('not_found', 'product_not_found', 'Some of these products are not for sale.', problems);
  }
}

export class CartEmpty extends DomainError {
  constructor() {
    super('invalid', 'cart_empty', 'The cart is empty.', [{ path: 'items', message: 'the cart is empty' }]);
  }
}

/** The cart or a price changed again and again while it was being checked out. */
export class CartChanged extends DomainError {
  constructor() {
    super('conflict', 'cart_changed', 'The cart or a price in it changed during the checkout; nothing was sold.');
  }
}

/** The buyer has as many sales that are not paid yet as anyone may. */
export class TooManyOpenSales extends DomainError {
  constructor(limit: number) {
    const message = `You have ${limit} sales that are not paid yet: pay or cancel one of them first; nothing was sold.`;
    super('conflict', 'too_many_open_sales', message, [], { limit });
  }
}

export class InvalidTransition extends DomainError {
  constructor(from: SaleStatus, to: SaleStatus) {
    super('conflict', 'invalid_transition', `A sale that is ${from} cannot become ${to}.`, [], { from, to });
  }
}

export class AlreadyPaid extends DomainError {
  constructor() {
    super('conflict', 'already_paid', 'This sale is paid already.');
  }
}

export class PaymentInProgress extends DomainError {
  constructor() {
    super('conflict', 'payment_in_progress', 'Another payment of this sale has not been decided yet.');
  }
}

/** More would go back than was paid, or than was paid for these lines and has not gone back yet. */
export class RefundExceedsPayment extends DomainError {
  /** @param left what can still be given back, with its currency */
  constructor(left: string, problems: readonly FieldProblem[] = []) {
    const message = `That is more than was paid and not refunded yet: ${left} of this sale can still be given back.`;
    super('conflict', 'refund_exceeds_payment', message, problems);
  }
}

/** Lines of which more would be sent than was sold and is not sent yet. */
export class ShipmentExceedsSale extends DomainError {
  constructor(problems: readonly FieldProblem[]) {
    super('conflict', 'shipment_exceeds_sale', 'More would be sent than was sold and is not sent yet.', problems);
  }
}

export class ReturnNotFound extends NotFound {
  constructor() {
    super('return');
  }
}

/** Lines of which more would come back than was sold and has not come back yet. */
export class ReturnExceedsSale extends DomainError {
  constructor(problems: readonly FieldProblem[]) {
    super('conflict', 'return_exceeds_sale', 'More would come back than was sold and is not returned yet.', problems);
  }
}

export class InvalidReturnTransition extends DomainError {
  constructor(from: ReturnStatus, to: ReturnStatus) {
    super('conflict', 'invalid_transition', `A return that is ${from} cannot become ${to}.`, [], { from, to });
  }
}
