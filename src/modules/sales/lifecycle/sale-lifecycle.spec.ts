import { leadsTo } from '../../../common/lifecycle.js';
import { RETURN_DECISIONS, RETURN_STATUSES, returnMayBecome } from '../returns/return-lifecycle.js';
import { ACTS, SALE_STATUSES, SALE_STEPS, type SaleStatus, saleStep } from './sale-lifecycle.js';

/** As the API promises it. */
const PROMISED: Readonly<Record<SaleStatus, readonly SaleStatus[]>> = {
  pending: ['confirmed', 'cancelled'],
  confirmed: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: ['returned'],
  cancelled: [],
  returned: [],
};

it.each(SALE_STATUSES)('a sale that is %s becomes what is promised and nothing else', (from) => {
  const others = SALE_STATUSES.filter((to) => to !== from);
  expect(others.filter((to) => leadsTo(SALE_STEPS, from, to)).sort()).toEqual([...PROMISED[from]].sort());
});

it('staff move sales on by acts that lead to what they ask for', () => {
  for (const [status, act] of Object.entries(ACTS)) {
    const steps = SALE_STEPS.filter(({ on }) => on === act);
    expect(new Set(steps.map(({ to }) => to))).toEqual(new Set([status]));
  }
});

it('whatever ends a sale that holds stock gives the stock, the promotions and the money back', () => {
  const ends = SALE_STEPS.filter(({ to }) => to === 'cancelled');
  expect(ends.map(({ from, on }) => `${from} ${on}`)).toEqual(['pending cancel', 'pending expire', 'confirmed cancel']);
  for (const { effects } of ends) {
    expect(effects).toEqual(expect.arrayContaining(['release_stock', 'free_promotions', 'refund_all', 'tell']));
    // The order in which a checkout locks products and promotions: the other way round, each would wait for the other.
    expect(effects.indexOf('release_stock')).toBeLessThan(effects.indexOf('free_promotions'));
  }
});

it('an act leads one way from a status', () => {
  const pairs = SALE_STEPS.map(({ from, on }) => `${from} ${on}`);
  expect(new Set(pairs).size).toBe(pairs.length);
  expect(saleStep('shipped', 'cancel')).toBeUndefined();
});

it('returns are decided once, and received once they are approved', () => {
  const may = RETURN_STATUSES.flatMap((from) =>
    RETURN_DECISIONS.filter((to) => returnMayBecome(from, to)).map((to) => `${from} ${to}`),
  );
  expect(may).toEqual(['requested approved', 'requested refused', 'approved refused', 'approved received']);
});
