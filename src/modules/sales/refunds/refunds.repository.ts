import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import type { SaleRow } from '../sale-mapper.js';
import { SaleNotFound } from '../sales.errors.js';
import type { RefundRow } from './refund-mapper.js';
import type { PlannedLine, RefundableLine, RefundableSale, RefundPlan } from './refund-plan.js';
import {
  COMPLETE,
  COMPLETE_LATE_PAYMENT,
  COUNT,
  FAIL,
  FIND,
  HOLD_SALE,
  LIST,
  NOTE_FAILURE_CODE,
  NOTE_PENDING,
  OPEN,
  PENDING,
  REFUNDABLE,
  REFUNDABLE_LINES,
  TAKE_UP,
} from './refunds.statements.js';

interface HeadRow {
  readonly currency: string;
  readonly shipping: bigint;
  readonly tax: bigint;
  readonly payment_id: string | null;
  readonly left_over: bigint;
  readonly refunded_shipping: bigint;
  readonly refunded_tax: bigint;
}

interface LineRow {
  readonly line_no: number;
  readonly product_id: string;
  readonly unit_price: bigint;
  readonly quantity: number;
  readonly net: bigint;
  readonly tax: bigint;
  readonly refunded_units: number;
  readonly refunded_net: bigint;
  readonly refunded_tax: bigint;
}

/** What may be given back of a sale, and of which payment; null where none has been completed, or all of it is back. */
export interface Refundable extends RefundableSale {
  readonly paymentId: string | null;
}

/** A refund that a provider is to pay out. */
export interface PayOut {
  readonly id: string;
  readonly sale_id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly provider: string;
  readonly method: string;
  /** The provider's reference of the charge. */
  readonly provider_ref: string | null;
  /** The provider's reference of the refund, once it has answered. */
  readonly reference: string | null;
  readonly since: Date;
}

export interface RefundedSale
  extends Pick<SaleRow, 'id' | 'number' | 'user_id' | 'status' | 'payment_status' | 'currency' | 'total'> {
  readonly refunded: bigint;
}

/** Refunds on their way. Writes the tables of payments beside its own. */
@Injectable()
export class RefundsRepository extends BaseRepository {
  /** Holds a sale in the transaction under way: what can be given back of it changes only there. */
  async holdSale(saleId: string): Promise<void> {
    await this.affect(HOLD_SALE, [saleId]);
  }

  /** @throws {SaleNotFound} */
  async refundable(saleId: string): Promise<Refundable> {
    const head = await this.first<HeadRow>(REFUNDABLE, [saleId]);
    if (head === undefined) throw new SaleNotFound();
    const lines = (await this.rows<LineRow & Record<string, unknown>>(REFUNDABLE_LINES, [saleId])).map(toLine);
    const linesTax = lines.reduce((sum, { tax, refundedTax }) => sum + tax - refundedTax, 0n);
    return {
      paymentId: head.payment_id,
      currency: head.currency,
      left: head.left_over,
      shipping: head.shipping - head.refunded_shipping,
      shippingTax: head.tax - head.refunded_tax - linesTax,
      lines,
    };
  }

  /** Takes a planned refund down; its sale is held. */
  async open(saleId: string, paymentId: string, plan: RefundPlan, reason: string, now: Date): Promise<string> {
    const { amount, subtotal, discount, shipping, tax, lines } = plan;
    const each = <K extends keyof PlannedLine>(key: K): PlannedLine[K][] => lines.map((line) => line[key]);
    const row = await this.first<{ id: string }>(OPEN, [
      newId(),
      saleId,
      paymentId,
      amount,
      subtotal,
      discount,
      shipping,
      tax,
      reason,
      now,
      each('lineNo'),
      each('units'),
      each('unitPrice'),
      each('quantity'),
      each('discount'),
      each('tax'),
    ]);
    if (row === undefined) throw new Error(`The payment ${paymentId} of the held sale ${saleId} is not completed.`);
    return row.id;
  }

  /** @returns whether the payment was open until now, or had failed for the cancellation */
  async completeLatePayment(saleId: string, paymentId: string, reference: string, now: Date): Promise<boolean> {
    return (await this.affect(COMPLETE_LATE_PAYMENT, [saleId, paymentId, reference, now])) === 1;
  }

  /** @returns undefined where it is not pending */
  takeUp(refundId: string, now: Date): Promise<PayOut | undefined> {
    return this.first<PayOut & Record<string, unknown>>(TAKE_UP, [refundId, now]);
  }

  /** @returns the sale, which is held; undefined where the refund had been completed before */
  complete(refundId: string, reference: string, now: Date): Promise<RefundedSale | undefined> {
    return this.first<RefundedSale & Record<string, unknown>>(COMPLETE, [refundId, reference, now]);
  }

  /** The provider has taken it on. */
  async notePending(refundId: string, reference: string, now: Date): Promise<void> {
    await this.affect(NOTE_PENDING, [refundId, reference, now]);
  }

  /** The provider does not pay it out; its sale is held. What it was for can be given back by another. */
  async fail(refundId: string, failureCode: string, reference: string | null, now: Date): Promise<void> {
    await this.affect(FAIL, [refundId, failureCode, reference, now]);
  }

  /** Why a refund failed that had been completed. */
  async noteFailureCode(refundId: string, failureCode: string, now: Date): Promise<void> {
    await this.affect(NOTE_FAILURE_CODE, [refundId, failureCode, now]);
  }

  /** Refunds that nobody has tried to finish since a moment. */
  async pending(before: Date): Promise<string[]> {
    return (await this.rows<{ id: string }>(PENDING, [before])).map((row) => row.id);
  }

  async get(refundId: string): Promise<RefundRow> {
    const row = await this.first<RefundRow & Record<string, unknown>>(FIND, [refundId]);
    if (row === undefined) throw new Error(`There is no refund ${refundId}.`);
    return row;
  }

  /** Of one sale, newest first. */
  list(saleId: string, limit: number, offset: number, beforeId: string | null): Promise<RefundRow[]> {
    return this.rows<RefundRow & Record<string, unknown>>(LIST, [saleId, beforeId, limit, offset]);
  }

  async count(saleId: string): Promise<number> {
    return (await this.first<{ count: number }>(COUNT, [saleId]))?.count ?? 0;
  }
}

function toLine(row: LineRow): RefundableLine {
  return {
    lineNo: row.line_no,
    productId: row.product_id,
    unitPrice: row.unit_price,
    quantity: row.quantity,
    net: row.net,
    tax: row.tax,
    refundedUnits: row.refunded_units,
    refundedNet: row.refunded_net,
    refundedTax: row.refunded_tax,
  };
}
