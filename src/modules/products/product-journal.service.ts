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

  created(row: ProductRow): Promise<void> {
    return this.record([{ type: PRODUCT_CREATED, row, delta: row.stock, reason: 'receipt' }]);
  }

  updated(row: ProductRow, before: ProductRow): Promise<void> {
    return this.record([{ type: PRODUCT_UPDATED, row, before }]);
  }

  archived(row: ProductRow): Promise<void> {
    return this.record([{ type: PRODUCT_ARCHIVED, row }]);
  }

  async stockMoved(row: ProductRow, delta: number, reason: StockReason): Promise<void> {
    await this.outbox.appendAll(eventsOf({ row, delta, reason }));
    await this.audit.record(...recordsOf({ row, delta, reason }));
    this.uow.afterCommit(() => this.cache.stockSet(row, delta));
  }
}

function eventsOf({ type, row, delta = 0, reason }: ProductChange): DomainEvent[] {
  const events: DomainEvent[] = [];
  if (type !== undefined) events.push({ type, aggregateId: row.id, data: { ...toEventData(row) } });
  if (delta !== 0 && reason !== undefined) {
    const data: StockChangedData = { productId: row.id, delta, stock: row.stock, reason };
    events.push({ type: STOCK_CHANGED, aggregateId: row.id, data: { ...data } });
  }
  return events;
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
  if (delta !== 0 && type !== PRODUCT_CREATED) {
    const [was, is] = [{ stock: row.stock - delta }, { stock: row.stock, reason }];
    records.push({ ...subject, action: STOCK_CHANGED, before: was, after: is });
  }
  return records;
}
