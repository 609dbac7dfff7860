import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { emailKey, isEmail } from '../../common/email.js';
import { groupBy } from '../../common/group-by.js';
import { pastId } from '../../common/ids.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AnalyticsApi } from '../analytics/analytics.api.js';
import type { BatchStep, RefusedRow } from '../products/imports.api.js';
import { PastProductsApi } from '../products/past-products.api.js';
import { type PastCustomerRow, PastCustomersRepository } from './past-customers.repository.js';
import {
  type HeldLine,
  type HeldSale,
  type PastItem,
  type PastSale,
  PastSalesRepository,
} from './past-sales.repository.js';
import type { LineBatch } from './reading/line-batches.js';
import type { SaleLine } from './reading/sale-line.js';

/** More are not remembered of either: what is forgotten is looked for again. */
const MOST_KNOWN = 20_000;

/** What is known from one batch to the next. What a transaction finds counts once it has committed. */
export class Known {
  private products = new Map<string, string>();
  private customers = new Map<string, PastCustomerRow>();
  private foundProducts = new Map<string, string>();
  private foundCustomers = new Map<string, PastCustomerRow>();

  /** A transaction begins; what one before has found and not committed is forgotten. */
  begin(): void {
    this.foundProducts = new Map();
    this.foundCustomers = new Map();
  }

  /** The transaction has committed. */
  keep(): void {
    this.products = together(this.products, this.foundProducts);
    this.customers = together(this.customers, this.foundCustomers);
    this.begin();
  }

  /** The id of a product by its SKU. */
  product(sku: string): string | undefined {
    return this.foundProducts.get(sku) ?? this.products.get(sku);
  }

  customer(reference: string): PastCustomerRow | undefined {
    return this.foundCustomers.get(reference) ?? this.customers.get(reference);
  }

  found(products: ReadonlyMap<string, string>, customers: ReadonlyMap<string, PastCustomerRow>): void {
    for (const [sku, id] of products) this.foundProducts.set(sku, id);
    for (const [reference, row] of customers) this.foundCustomers.set(reference, row);
  }
}

function together<V>(known: Map<string, V>, found: Map<string, V>): Map<string, V> {
  if (known.size + found.size > MOST_KNOWN) return found;
  for (const [key, value] of found) known.set(key, value);
  return known;
}

/** What became of the lines of a batch. */
export interface Written {
  readonly created: number;
  readonly unchanged: number;
  readonly sales: number;
  /** Ids of the sales that it began, by their numbers. */
  readonly saleIds: ReadonlyMap<string, string>;
  readonly refused: readonly RefusedRow[];
}

/** What a batch adds to its import. */
export function stepOf(
  { lines, refused, line }: LineBatch,
  written: Pick<Written, 'created' | 'unchanged' | 'refused'>,
): BatchStep {
  return {
    line,
    processed: lines.length + refused.length,
    created: written.created,
    updated: 0,
    unchanged: written.unchanged,
    refused: refused.length + written.refused.length,
    categories: 0,
    problems: [...refused, ...written.refused],
  };
}

/** Writes lines of sales in the transaction that is under way. */
@Injectable()
export class BatchWriter {
  constructor(
    private readonly sales: PastSalesRepository,
    private readonly customers: PastCustomersRepository,
    private readonly products: PastProductsApi,
    private readonly analytics: AnalyticsApi,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Sales that this import has begun go on; those of another are compared with, and not changed. */
  async write(lines: readonly SaleLine[], importId: string, known: Known): Promise<Written> {
    if (lines.length === 0) return { created: 0, unchanged: 0, sales: 0, saleIds: new Map(), refused: [] };
    const groups = groupBy(lines, ({ number }) => number);
    const held = new Map((await this.sales.held([...groups.keys()])).map((sale) => [sale.number, sale]));
    const others = [...held.values()].filter((sale) => sale.import_id !== importId);
    const { refused, unchanged } = await this.compare(others, groups);
    const taken = new Set(others.map(({ number }) => number));
    const rest = [...groups].filter(([number]) => !taken.has(number));
    await this.getKnown(
      lines.filter(({ number }) => !taken.has(number)),
      known,
    );
    const batch = new Batch(known, importId);
    for (const [number, of] of rest) batch.add(of, held.get(number));
    await this.store(batch, importId);
    const saleIds = new Map(batch.begun.map(({ number, id }) => [number, id]));
    return { created: batch.items.length, unchanged, sales: batch.begun.length, saleIds, refused };
  }

  private async store({ begun, grown, items }: Batch, importId: string): Promise<void> {
    if (items.length === 0) return;
    const now = this.clock.now();
    const stamp = { importId, origin: 'import', currency: this.config.STORE_CURRENCY, now };
    if (begun.length > 0) {
      const historyIds = begun.map(({ placedAt }) => pastId(placedAt));
      await this.sales.add(begun, historyIds, stamp);
    }
    await this.sales.addItems(items);
    if (grown.size > 0) await this.sales.grow(grown, now);
    await this.analytics.changed([...begun.map(({ id }) => id), ...grown.keys()]);
  }

  private async getKnown(lines: readonly SaleLine[], known: Known): Promise<void> {
    const products = new Map<string, SaleLine>();
    const references = new Set<string>();
    for (const line of lines) {
      if (known.product(line.sku) === undefined && !products.has(line.sku)) products.set(line.sku, line);
      const reference = referenceOf(line);
      if (reference !== undefined && known.customer(reference) === undefined) references.add(reference);
    }
    const wanted = [...products.values()].map(({ sku, name, unitPrice: price }) => ({ sku, name, price }));
    if (wanted.length > 0) known.found(await this.products.idsOf(wanted), new Map());
    if (references.size > 0) {
      known.found(new Map(), await this.customers.idsOf([...references], this.clock.now()));
    }
  }

  /** Lines of sales that are in already: each is among those of its sale, or is refused. */
  private async compare(sales: readonly HeldSale[], groups: ReadonlyMap<string, readonly SaleLine[]>) {
    const refused: RefusedRow[] = [];
    let unchanged = 0;
    const ids = sales.map(({ id }) => id);
    const there = groupBy(sales.length === 0 ? [] : await this.sales.lines(ids), ({ sale_id }) => sale_id);
    for (const sale of sales) {
      const lines = groups.get(sale.number) ?? [];
      const problems = differences(lines, sale, there.get(sale.id) ?? []);
      refused.push(...problems);
      unchanged += lines.length - problems.length;
    }
    return { refused, unchanged };
  }
}

const keyOf = (sku: string, quantity: number, unitPrice: bigint): string => `${sku}\n${quantity}\n${unitPrice}`;

/** Lines that a sale which is in already does not have, as often as the file has them. */
function differences(
  lines: readonly SaleLine[],
  { number, origin }: HeldSale,
  there: readonly HeldLine[],
): RefusedRow[] {
  if (origin === null) return lines.map(({ line }) => ourOwn(line, number));
  const left = new Map<string, number>();
  for (const { sku, quantity, unit_price } of there) {
    const key = keyOf(sku, quantity, unit_price);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const differing = lines.filter(({ sku, quantity, unitPrice }) => {
    const key = keyOf(sku, quantity, unitPrice);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
  return differing.map(({ line }) => another(line, number));
}

const ourOwn = (line: number, number: string): RefusedRow => {
  const reason = `${JSON.stringify(number)} is a sale of this shop`;
  return { line, column: 'number', code: 'number_taken', reason };
};

const another = (line: number, number: string): RefusedRow => {
  const reason = `The sale ${JSON.stringify(number)} is in already, and has no such line`;
  return { line, column: 'number', code: 'sale_differs', reason };
};

/** What the other system calls a customer; addresses of email are compared as ours are. */
function referenceOf({ customer }: SaleLine): string | undefined {
  return customer !== undefined && isEmail(customer) ? emailKey(customer) : customer;
}

/** What a batch writes. */
class Batch {
  readonly begun: PastSale[] = [];
  /** What lines add to sales that were there. */
  readonly grown = new Map<string, bigint>();
  readonly items: PastItem[] = [];

  constructor(
    private readonly known: Known,
    private readonly importId: string,
  ) {}

  /** Lines of one sale; what they say of it as a whole is what the first says. */
  add(lines: readonly SaleLine[], held: HeldSale | undefined): void {
    const [first] = lines;
    if (first === undefined) return;
    const id = held?.id ?? pastId(first.placedAt);
    let total = 0n;
    let lineNo = held?.lines ?? 0;
    for (const { sku, name, unitPrice, quantity } of lines) {
      lineNo += 1;
      total += unitPrice * BigInt(quantity);
      this.items.push({ saleId: id, lineNo, productId: this.productOf(sku), sku, name, unitPrice, quantity });
    }
    if (held === undefined) this.begin(id, first, total);
    else this.grown.set(id, total);
  }

  private begin(id: string, first: SaleLine, total: bigint): void {
    const { number, cancelled, country, placedAt } = first;
    const reference = referenceOf(first);
    const customer = reference === undefined ? undefined : this.known.customer(reference);
    const whose = { customerId: customer?.id ?? null, userId: customer?.user_id ?? null };
    this.begun.push({ id, number, cancelled, total, country, placedAt, ...whose });
  }

  private productOf(sku: string): string {
    const id = this.known.product(sku);
    if (id === undefined) throw new Error(`The product ${sku} of the import ${this.importId} was not found or made.`);
    return id;
  }
}
