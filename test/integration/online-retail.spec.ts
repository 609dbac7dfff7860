import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';
import { ended, type ImportState } from '../support/imports.js';
import { brokenInvariants } from '../support/invariants.js';

const FOLDER = resolve(process.env.DATA ?? '../shared/data/online-retail');
const there = existsSync(FOLDER);
if (!there) console.warn(`Skipped: a real year of sales is compared where ${FOLDER} is there.`);

interface Figures {
  readonly revenue: string;
  readonly invoices: number;
  readonly units: number;
  readonly customers: number;
}

interface Reference {
  readonly completed: Figures;
  readonly customers: { readonly returning_2_or_more_invoices: number };
  readonly cancellations: Figures;
  readonly not_completed_lines: Readonly<Record<string, number>>;
  readonly variants: { readonly lines_priced_below_a_penny_step: number };
  readonly per_day: Readonly<Record<string, Figures>>;
  readonly per_month: Readonly<Record<string, Figures>>;
  readonly per_country: Readonly<Record<string, Figures>>;
  readonly top10_by_quantity: readonly Top[];
  readonly top10_by_revenue: readonly Top[];
}

interface Top {
  readonly stock_code: string;
  readonly quantity: number;
  readonly revenue: string;
}

interface Group {
  readonly key: string;
  readonly label: string;
  readonly sales: number;
  readonly units: number;
  readonly revenue: string;
}

const MAP = {
  number: 'InvoiceNo',
  sku: 'StockCode',
  name: 'Description',
  quantity: 'Quantity',
  unitPrice: 'UnitPrice',
  placedAt: 'InvoiceDate',
  customer: 'CustomerID',
  country: 'Country',
};

/** Thousandths, in which a line for a tenth of a penny can be said. */
const thousandths = (amount: string): bigint => {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(3, '0')}`);
};
const money = (amount: bigint): string =>
  `${amount / 1_000n}.${String(amount % 1_000n)
    .padStart(3, '0')
    .slice(0, 2)}`;

/** Lines that pence cannot hold, each one piece for a tenth of a penny: none was the only line of its invoice. */
const REFUSED = [
  { line: 157_197, day: '2011-04-15' },
  { line: 279_047, day: '2011-07-26' },
  { line: 359_873, day: '2011-09-25' },
  { line: 361_743, day: '2011-09-26' },
];

/** Figures without those of the lines that were refused, as groups tell them. */
function expected(figures: Readonly<Record<string, Figures>>, holds: (key: string, day: string) => boolean) {
  return Object.entries(figures).map(([key, { revenue, invoices, units }]) => {
    const without = REFUSED.filter(({ day }) => holds(key, day)).length;
    return { key, sales: invoices, units: units - without, revenue: money(thousandths(revenue) - BigInt(without)) };
  });
}

const byKey = (groups: readonly { readonly key: string }[]) => [...groups].sort((a, b) => (a.key < b.key ? -1 : 1));
const plain = ({ key, sales, units, revenue }: Group) => ({ key, sales, units, revenue });

(there ? describe : describe.skip)('a real year of sales', () => {
  let shop: TestApp;
  let staff: TestUser;
  let reference: Reference;
  let state: ImportState;

  beforeAll(async () => {
    reference = JSON.parse(await readFile(resolve(FOLDER, 'reference.json'), 'utf8'));
    shop = await startApp({ STORE_CURRENCY: 'GBP' });
    staff = await createCustomer(shop, 'manager');
    const query = new URLSearchParams({ map: JSON.stringify(MAP) });
    const answer = await fetch(`${shop.url}/api/admin/sales/import?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'content-encoding': 'gzip', ...staff.bearer },
      body: await readFile(resolve(FOLDER, 'online-retail.csv.gz')),
    });
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as ImportState;
    do state = await ended(shop, staff, id);
    while (!['completed', 'failed'].includes(state.status));
  }, 600_000);
  afterAll(() => shop.close());

  const ask = async (query: object = {}) => {
    const period = { from: '2010-12-01T00:00:00Z', to: '2011-12-01T00:00:00Z' };
    const { body } = await shop.http
      .get('/api/admin/sales/analytics')
      .query({ ...period, ...query })
      .set(staff.bearer)
      .expect(200);
    return body;
  };

  it('comes in but for the rows that are no sales, and those that pence cannot hold', async () => {
    const { cancelled: _, ...others } = reference.not_completed_lines;
    const noSales = Object.values(others).reduce((sum, lines) => sum + lines, 0);
    const { lines_priced_below_a_penny_step: tooPrecise } = reference.variants;
    expect(state).toMatchObject({ status: 'completed', processed: 431_673, refused: noSales + tooPrecise });
    const report = await shop.http
      .get(`/api/imports/${state.id}/errors`)
      .query({ format: 'csv' })
      .set(staff.bearer)
      .expect(200);
    const lines = report.text.split('\r\n').filter((line) => line.includes('too_precise'));
    expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(REFUSED.map(({ line }) => line));
  });

  it('has the totals of the reference', async () => {
    const { revenue, invoices, units, customers } = reference.completed;
    const sum = thousandths(revenue) - BigInt(REFUSED.length);
    const { totals, currency } = await ask();
    expect(currency).toBe('GBP');
    expect(totals).toEqual({
      sales: invoices,
      units: units - REFUSED.length,
      revenue: money(sum),
      averageOrderValue: money(((2n * sum + 10n * BigInt(invoices)) / (20n * BigInt(invoices))) * 10n),
      customers,
      returningCustomers: reference.customers.returning_2_or_more_invoices,
    });
  });

  it('has the days and months of the reference', async () => {
    const days = expected(reference.per_day, (key, day) => key === day);
    expect((await ask({ groupBy: 'day' })).groups.map(plain)).toEqual(byKey(days));
    const months = expected(reference.per_month, (key, day) => day.startsWith(key));
    expect((await ask({ groupBy: 'month' })).groups.map(plain)).toEqual(byKey(months));
    const [day, figures] = Object.entries(reference.per_day)[40] ?? [];
    const one = await ask({ from: `${day}T00:00:00Z`, to: `${day}T23:59:59.999Z` });
    expect(one.totals).toMatchObject({
      sales: figures?.invoices,
      customers: figures?.customers,
      revenue: figures?.revenue,
    });
  });

  it('has the countries of the reference', async () => {
    const countries = expected(reference.per_country, (key) => key === 'United Kingdom');
    const { groups } = await ask({ groupBy: 'country' });
    const named = groups.map((group: Group) => plain({ ...group, key: group.label }));
    expect(byKey(named)).toEqual(byKey(countries));
    const france = await ask({ country: 'France' });
    const { revenue, customers } = reference.per_country.France as Figures;
    expect(france.totals).toMatchObject({ revenue, customers });
  });

  it('has the top tens of the reference', async () => {
    const top = async (sort: string) =>
      (await ask({ groupBy: 'product', sort, limit: 10 })).groups.map(({ key, units, revenue }: Group) => [
        key,
        units,
        revenue,
      ]);
    const told = (tops: readonly Top[]) => tops.map((line) => [line.stock_code, line.quantity, line.revenue]);
    expect(await top('units')).toEqual(told(reference.top10_by_quantity));
    expect(await top('revenue')).toEqual(told(reference.top10_by_revenue));
  });

  it('has the cancellations of the reference', async () => {
    const { revenue, invoices, units, customers } = reference.cancellations;
    expect((await ask({ status: 'cancelled' })).totals).toMatchObject({
      sales: invoices,
      units: -units,
      revenue: revenue.replace('-', ''),
      customers,
    });
    const list = await shop.http.get('/api/admin/sales').query({ status: 'cancelled' }).set(staff.bearer).expect(200);
    expect(list.body.total).toBe(invoices);
  });

  it('keeps every rule, and its sums are those of the sales', async () => {
    expect(await brokenInvariants(shop.db)).toEqual({});
  });
});
