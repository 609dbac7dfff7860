import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type DomainEvent, Outbox } from '../../platform/outbox/outbox.js';
import { AuditApi, type AuditRecord } from '../audit/audit.api.js';
import { CatalogueCache } from './catalogue.cache.js';
import { type ProductRow, toEventData, toFacts } from './product-row.js';
import {
  PRODUCT_ARCHIVED,
  PRODUCT_CREATED,
  PRODUCT_UPDATED,
  STOCK_CHANGED,
  type StockChangedData,
} from './products.events.js';
import type { StockReason } from './stock-movement.entity.js';

/** What happened to a product, as it is afterwards: something of its own, a movement of its stock, or both. */
export interface ProductChange {
  readonly type?: string;
  readonly row: ProductRow;
  /** As it was before, where it was not made by the change. */
  readonly before?: ProductRow;
  readonly delta?: number;
  readonly reason?: StockReason;
}

/** A movement of a product's stock, and the level after it. */
export interface StockMove {
  readonly id: string;
  readonly stock: number;
  readonly delta: number;
  readonly reason: StockReason;
}

/** Tells of every change of a product: an event and an entry of the audit log in its transaction, and to the cache once that has committed. */
@Injectable()
export class ProductJournal {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly cache: CatalogueCache,
    private readonly audit: AuditApi,
  ) {}

  /** Many changes at once, in their order. */
  async record(changes: readonly ProductChange[]): Promise<void> {
    await this.outbox.appendAll(changes.flatMap(eventsOf));
    await this.audit.record(...changes.flatMap(recordsOf));
    const rows = changes.map(({ row }) => row);
    if (rows.length > 0) this.uow.afterCommit(() => this.cache.productsChanged(rows));
  }

  /**
   * Products whose events were inserted with them, by the thousand. The audit log tells of all of them in one entry, which
   * is up to who has them made.
   */
  inserted(products: readonly { readonly id: string; readonly version: number }[]): void {
    if (products.length === 0) return;
    this.uow.afterCommit(() => {
      this.outbox.wake(PRODUCT_CREATED, STOCK_CHANGED);
      return this.cache.productsChanged(products);
    });
  }

  created(row: ProductRow): Promise<void> {
    return this.record([{ type: PRODUCT_CREATED, row, delta: row.stock, reason: 'receipt' }]);
  }

  updated(row: ProductRow, before: ProductRow): Promise<void> {
    return this.record([{ type: PRODUCT_UPDATED, row, before }]);
  }

  archived(row: ProductRow): Promise<void> {
    return this.record([{ type: PRODUCT_ARCHIVED, row }]);
  }

  /** Those who follow the catalogue hear of a change; the audit log of what was done. */
  async restored(row: ProductRow): Promise<void> {
    await this.outbox.appendAll(eventsOf({ type: PRODUCT_UPDATED, row }));
    const change = { before: { archived: true }, after: { archived: false } };
    await this.audit.record({ action: 'product.restored', subjectType: 'product', subjectId: row.id, ...change });
    this.uow.afterCommit(() => this.cache.productsChanged([row]));
  }

  /** Movements of stock, at most one a product. */
  async stockMoved(moves: readonly StockMove[]): Promise<void> {
    if (moves.length === 0) return;
    await this.outbox.appendAll(moves.map(eventOfMove));
    await this.audit.record(...moves.map(recordOfMove));
    this.uow.afterCommit(() => this.cache.stockChanged(moves.map(({ id }) => id)));
  }
}

function eventsOf({ type, row, delta = 0, reason }: ProductChange): DomainEvent[] {
  const events: DomainEvent[] = [];
  if (type !== undefined) events.push({ type, aggregateId: row.id, data: { ...toEventData(row) } });
  if (delta !== 0 && reason !== undefined) events.push(eventOfMove({ id: row.id, stock: row.stock, delta, reason }));
  return events;
}

function eventOfMove({ id, stock, delta, reason }: StockMove): DomainEvent {
  const data: StockChangedData = { productId: id, delta, stock, reason };
  return { type: STOCK_CHANGED, aggregateId: id, data: { ...data } };
}

function recordOfMove({ id, stock, delta, reason }: StockMove): AuditRecord {
  const change = { before: { stock: stock - delta }, after: { stock, reason } };
  return { action: STOCK_CHANGED, subjectType: 'product', subjectId: id, ...change };
}

/** The type of an event is also the name of the act; a receipt that comes with the product is no act of its own. */
function recordsOf({ type, row, before, delta = 0, reason }: ProductChange): AuditRecord[] {
  const subject = { subjectType: 'product', subjectId: row.id };
  const records: AuditRecord[] = [];
  if (type === PRODUCT_ARCHIVED)
    records.push({ ...subject, action: type, before: { archived: false }, after: { archived: true } });
  else if (type !== undefined) {
    records.push({ ...subject, action: type, before: before && toFacts(before), after: toFacts(row) });
  }
  if (delta !== 0 && reason !== undefined && type !== PRODUCT_CREATED) {
    records.push(recordOfMove({ id: row.id, stock: row.stock, delta, reason }));
  }
  return records;
}
