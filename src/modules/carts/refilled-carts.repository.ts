import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { MAX_LINES, MAX_QUANTITY } from './cart-limits.js';

/** $1 sale, $2 now. */
const HOLD = statement(
  'carts.hold_of_sale',
  `UPDATE carts SET version = carts.version + 1, updated_at = $2::timestamptz,
     coupon_code = coalesce(carts.coupon_code, s.coupon_code)
   FROM sales s WHERE s.id = $1::uuid AND carts.id = s.cart_id RETURNING carts.id`,
);

/** $1 cart, $2 sale. What was put into the cart since comes after it. */
const REFILL = statement(
  'carts.refill',
  `INSERT INTO cart_items (cart_id, product_id, quantity, unit_price, added_at)
   SELECT $1::uuid, i.product_id, i.quantity, i.unit_price, s.placed_at + i.line_no * interval '1 microsecond'
   FROM sales s JOIN sale_items i ON i.sale_id = s.id WHERE s.id = $2::uuid ORDER BY i.line_no
   LIMIT (SELECT greatest(0, ${MAX_LINES} - count(*)) FROM cart_items WHERE cart_id = $1)
   ON CONFLICT (cart_id, product_id)
   DO UPDATE SET quantity = least(${MAX_QUANTITY}, cart_items.quantity + excluded.quantity),
     added_at = least(cart_items.added_at, excluded.added_at)`,
);

/** Carts that get back what a checkout has taken out of them. */
@Injectable()
export class RefilledCartsRepository extends BaseRepository {
  /** Locks the cart that a sale came from and gives its coupon back; undefined where that cart is no more. */
  async hold(saleId: string, now: Date): Promise<string | undefined> {
    return (await this.first<{ id: string }>(HOLD, [saleId, now]))?.id;
  }

  /** Puts the lines of a sale back into a cart that is held; with what was put into it since, quantities add up. */
  async refill(cartId: string, saleId: string): Promise<void> {
    await this.affect(REFILL, [cartId, saleId]);
  }
}
