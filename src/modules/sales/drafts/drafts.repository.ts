import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import type { NewSale } from '../checkout/new-sale.js';
import { DROP_ITEMS, HOLD_PRODUCTS, NOTE_EDIT, OPEN_PAYMENT, REWRITE } from './drafts.statements.js';

/** A product as it is while it is locked. */
export interface HeldProduct {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly price: bigint;
  readonly currency: string;
  readonly stock: number;
  readonly weight: number | null;
  /** Null for the standard one. */
  readonly tax_category: string | null;
  readonly for_sale: boolean;
}

/**
 * Sales that staff draft and edit, in the transaction under way. Like the checkout it writes stock beside its own tables:
 * what a sale holds and what is left change together.
 */
@Injectable()
export class DraftsRepository extends BaseRepository {
  /** Locks products by id; those that there are not are left out. */
  async holdProducts(ids: readonly string[]): Promise<ReadonlyMap<string, HeldProduct>> {
    const rows = await this.rows<HeldProduct & Record<string, unknown>>(HOLD_PRODUCTS, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Whether a payment of a sale was completed, or is not decided. */
  async hasOpenPayment(saleId: string): Promise<boolean> {
    return (await this.first<{ open: boolean }>(OPEN_PAYMENT, [saleId]))?.open === true;
  }

  /**
   * Writes the lines and amounts of a sale anew.
   * @param more by product, how many more pieces it takes; less than nothing where some go back
   */
  async rewrite(
    saleId: string,
    sale: NewSale,
    more: ReadonlyMap<string, number>,
    staffId: string,
    now: Date,
  ): Promise<void> {
    const { lines } = sale;
    await this.affect(DROP_ITEMS, [saleId]);
    await this.affect(REWRITE, [
      saleId,
      now,
      sale.subtotal,
      sale.discount,
      sale.shipping,
      sale.tax,
      sale.total,
      sale.couponCode,
      JSON.stringify(sale.address),
      lines.map((line) => line.productId),
      lines.map((line) => line.quantity),
      lines.map((line) => line.unitPrice),
      lines.map((line) => line.sku),
      lines.map((line) => line.name),
      lines.map((line) => line.discount),
      lines.map((line) => line.tax),
      [...more.keys()],
      [...more.values()],
      [...more].map(() => newId()),
      [...more].map(() => newId()),
      staffId,
      sale.shippingMethod,
      sale.pricesIncludeTax,
      sale.shippingTax,
      sale.shippingTaxRate,
      lines.map((line) => line.includedTax),
      lines.map((line) => line.taxRate),
    ]);
  }

  /** Says in the history what was done, or why; what stands there already can never be changed. */
  async noteEdit(
    saleId: string,
    by: { readonly actor: string; readonly note: string | undefined },
    now: Date,
    expiresAt: Date | undefined,
  ): Promise<void> {
    await this.affect(NOTE_EDIT, [saleId, newId(), by.actor, by.note ?? null, now, expiresAt ?? null]);
  }
}
