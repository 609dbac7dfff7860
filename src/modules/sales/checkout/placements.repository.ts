import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { isTransient, violatedConstraint } from '../../../platform/database/failures.js';
import type { IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { USE_IS_TAKEN } from '../../promotions/promotions.events.js';
import type { NewSale } from './new-sale.js';
import { type Manner, PLACE } from './placement.statements.js';

/** A sale to be written with the answer that its key keeps, if there is one. */
export interface Placement {
  readonly sale: NewSale;
  readonly answer: StoredAnswer;
  readonly request: IdempotentRequest | undefined;
}

/**
 * What became of a sale. `overtaken` where something changed since the quote, `crowded` where its buyer has as many open
 * sales as anyone may: then nothing of it was written, and it must be quoted again.
 */
export type Placed = Sold | 'overtaken' | 'crowded';

export interface Sold {
  /** The number that the sale was given. */
  readonly number: string;
}

/** The level of a product as a batch has left it. */
export interface PlacedLevel {
  readonly productId: string;
  readonly stock: number;
  readonly delta: number;
  readonly version: number;
  readonly updatedAt: Date;
}

/** Whether events are written as published, since nobody waits for them. */
export interface Unawaited {
  readonly placed: boolean;
  readonly stockChanged: boolean;
}

export interface PlacedBatch {
  /** In the order of the sales. */
  readonly placed: readonly Placed[];
  readonly levels: readonly PlacedLevel[];
}

interface PlacedRow {
  /** The numbers of those that were sold, by their place in the batch. */
  readonly sold: Readonly<Record<number, string>>;
  readonly crowded: number[];
  /** `updatedAt` in milliseconds. */
  readonly levels: (Omit<PlacedLevel, 'updatedAt'> & { readonly updatedAt: number })[] | null;
}

/** The level fell, or a place or a use was taken, after the gate had looked at it. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  'products_stock_not_negative',
  'sales_open_place_unique',
  ...USE_IS_TAKEN,
]);

/**
 * Writes sales. On purpose it writes tables of other modules (products, stock movements, carts, promotions): one statement
 * that does all is what keeps a sale whole, and several times as fast as one statement a step.
 */
@Injectable()
export class PlacementsRepository extends BaseRepository {
  /**
   * Writes sales, reserves their stock and empties their carts, in one statement that is a transaction of its own or part
   * of the one under way.
   * @param batch one that promotions have a part in stands alone; in a batch, whoever would have to wait for somebody is
   *   `overtaken`
   * @returns undefined where something changed at the same time, so that none of them was written
   */
  async place(batch: readonly Placement[], manner: Manner, unawaited: Unawaited): Promise<PlacedBatch | undefined> {
    const [first] = batch;
    const promoted = first !== undefined && first.sale.promotions.length > 0;
    const values = [...placementValues(batch), unawaited.placed, unawaited.stockChanged];
    if (promoted) values.push(...promotionValues(first.sale));
    try {
      const [row] = (await this.guarded<PlacedRow>(PLACE[manner][promoted ? 'promoted' : 'plain'], values)) ?? [];
      return row && outcomeOf(batch, row);
    } catch (error) {
      if (OVERTAKEN.has(violatedConstraint(error) ?? '')) return undefined;
      if (isTransient(error) && manner !== 'within') return undefined;
      throw error;
    }
  }
}

function outcomeOf(batch: readonly Placement[], { sold, crowded, levels }: PlacedRow): PlacedBatch {
  const placed = batch.map((_, index): Placed => {
    const number = sold[index + 1];
    if (number !== undefined) return { number };
    return crowded.includes(index + 1) ? 'crowded' : 'overtaken';
  });
  return { placed, levels: (levels ?? []).map((level) => ({ ...level, updatedAt: new Date(level.updatedAt) })) };
}

function placementValues(batch: readonly Placement[]): unknown[] {
  const each = <T>(pick: (sale: NewSale) => T): T[] => batch.map(({ sale }) => pick(sale));
  return [
    each((sale) => sale.id),
    each((sale) => sale.asShown),
    each((sale) => sale.userId),
    each((sale) => sale.cart?.id ?? null),
    each((sale) => sale.cart?.version ?? null),
    each((sale) => sale.checksOutCart),
    each((sale) => sale.email),
    each((sale) => sale.subtotal),
    each((sale) => sale.discount),
    each((sale) => sale.shipping),
    each((sale) => sale.tax),
    each((sale) => sale.total),
    each((sale) => JSON.stringify(sale.address)),
    each((sale) => sale.shippingMethod),
    each((sale) => sale.placedAt),
    each((sale) => sale.expiresAt),
    each((sale) => sale.pricesIncludeTax),
    each((sale) => sale.shippingTax),
    each((sale) => sale.shippingTaxRate),
    each((sale) => sale.mostOpen),
    each((sale) => (sale.mostOpen === 0 ? 0 : randomInt(sale.mostOpen))),
    each((sale) => sale.lines.length),
    each((sale) => sale.historyId),
    each((sale) => sale.actor),
    each((sale) => sale.placedEvent.id),
    each((sale) => JSON.stringify(sale.placedEvent.data)),
    ...recordValues(batch),
    ...lineValues(batch),
    batch[0]?.sale.currency,
  ];
}

function recordValues(batch: readonly Placement[]): unknown[] {
  return [
    batch.map(({ request }) => request?.caller ?? null),
    batch.map(({ request }) => request?.key ?? null),
    batch.map(({ request }) => request?.hash ?? null),
    batch.map(({ answer }) => answer.status),
    batch.map(({ answer }) => answer.body),
  ];
}

function lineValues(batch: readonly Placement[]): unknown[] {
  const lines = batch.flatMap(({ sale }, index) =>
    sale.lines.map((line, lineIndex) => ({ ...line, ordinal: index + 1, lineNo: lineIndex + 1 })),
  );
  return [
    lines.map((line) => line.ordinal),
    lines.map((line) => line.lineNo),
    lines.map((line) => line.productId),
    lines.map((line) => line.quantity),
    lines.map((line) => line.unitPrice),
    lines.map((line) => line.sku),
    lines.map((line) => line.name),
    lines.map((line) => line.discount),
    lines.map((line) => line.tax),
    lines.map((line) => line.includedTax),
    lines.map((line) => line.taxRate),
    lines.map((line) => line.movementId),
    lines.map((line) => line.stockEventId),
  ];
}

function promotionValues({ promotions, promotedCustomer, couponCode }: NewSale): unknown[] {
  return [
    promotions.map(({ id }) => id),
    promotions.map(({ version }) => version),
    promotions.map(({ amount }) => amount),
    promotedCustomer,
    couponCode,
  ];
}
