import { type Step, stepFrom } from '../../../common/lifecycle.js';

export const SALE_STATUSES = ['pending', 'confirmed', 'shipped', 'delivered', 'cancelled', 'returned'] as const;
export type SaleStatus = (typeof SALE_STATUSES)[number];

/** What is done with a sale. */
export type SaleAct =
  | 'place'
  | 'draft'
  | 'edit'
  | 'pay'
  | 'confirm'
  | 'cancel'
  | 'expire'
  | 'ship_part'
  | 'ship'
  | 'deliver'
  | 'take_back'
  | 'last_back';

/** Conditions that are looked at when the step is taken, while the sale is locked. */
export type AskedGuard = 'reservation_is_over' | 'nothing_was_shipped';
/** Conditions that the statement which takes the step keeps by itself. */
export type KeptGuard =
  | 'stock_suffices'
  | 'total_is_paid'
  | 'no_payment_is_open'
  | 'pieces_are_left_to_ship'
  | 'no_piece_is_left_to_ship'
  | 'every_piece_came_back';

/** What happens with the step itself, in the same transaction. */
export type OwnEffect = 'fail_open_payment' | 'free_promotions' | 'tell' | 'release_stock' | 'refund_all';
/** What the statement or the service that takes the step does besides, in the same transaction. */
export type JoinedEffect =
  | 'reserve_stock'
  | 'reserve_difference'
  | 'empty_cart'
  | 'issue_invoice'
  | 'note_shipment'
  | 'restock_rest';

export type SaleStep = Step<SaleStatus, SaleAct, AskedGuard | KeptGuard, OwnEffect | JoinedEffect>;

const CANCELLATION = ['fail_open_payment', 'tell', 'release_stock', 'free_promotions', 'refund_all'] as const;

/**
 * The state machine of a sale: each step with its conditions and effects. Steps are taken under the lock of the sale's
 * row, and `tell` appends the event that is named after the new status. `docs/sale-lifecycle.md` is made of this.
 */
export const SALE_STEPS: readonly SaleStep[] = [
  {
    on: 'place',
    by: 'customer, guest',
    from: null,
    to: 'pending',
    guards: ['stock_suffices'],
    effects: ['reserve_stock', 'empty_cart', 'tell'],
  },
  {
    on: 'draft',
    by: 'staff',
    from: null,
    to: 'pending',
    guards: ['stock_suffices'],
    effects: ['reserve_stock', 'tell'],
  },
  {
    on: 'edit',
    by: 'staff',
    from: 'pending',
    to: 'pending',
    guards: ['no_payment_is_open', 'stock_suffices'],
    effects: ['reserve_difference'],
  },
  {
    on: 'pay',
    by: 'payment',
    from: 'pending',
    to: 'confirmed',
    guards: ['total_is_paid'],
    effects: ['issue_invoice', 'tell'],
  },
  {
    on: 'confirm',
    by: 'staff',
    from: 'pending',
    to: 'confirmed',
    guards: ['no_payment_is_open'],
    effects: ['issue_invoice', 'tell'],
  },
  { on: 'cancel', by: 'customer, guest, staff', from: 'pending', to: 'cancelled', guards: [], effects: CANCELLATION },
  {
    on: 'expire',
    by: 'the shop',
    from: 'pending',
    to: 'cancelled',
    guards: ['reservation_is_over'],
    effects: CANCELLATION,
  },
  {
    on: 'cancel',
    by: 'customer, guest, staff',
    from: 'confirmed',
    to: 'cancelled',
    guards: ['nothing_was_shipped'],
    effects: CANCELLATION,
  },
  {
    on: 'ship_part',
    by: 'staff',
    from: 'confirmed',
    to: 'confirmed',
    guards: ['pieces_are_left_to_ship'],
    effects: ['note_shipment'],
  },
  {
    on: 'ship',
    by: 'staff',
    from: 'confirmed',
    to: 'shipped',
    guards: ['no_piece_is_left_to_ship'],
    effects: ['note_shipment', 'tell'],
  },
  { on: 'deliver', by: 'staff', from: 'shipped', to: 'delivered', guards: [], effects: ['tell'] },
  { on: 'take_back', by: 'staff', from: 'delivered', to: 'returned', guards: [], effects: ['tell', 'restock_rest'] },
  {
    on: 'last_back',
    by: 'staff, by receiving a return',
    from: 'delivered',
    to: 'returned',
    guards: ['every_piece_came_back'],
    effects: ['tell'],
  },
];

/** By what act staff make a sale what they ask it to be; nothing makes it pending. */
export const ACTS: Readonly<Record<Exclude<SaleStatus, 'pending'>, SaleAct>> = {
  confirmed: 'confirm',
  cancelled: 'cancel',
  shipped: 'ship',
  delivered: 'deliver',
  returned: 'take_back',
};

export const saleStep = (from: SaleStatus, on: SaleAct): SaleStep | undefined => stepFrom(SALE_STEPS, from, on);

/** What an act makes of the sales that it can be done with. */
export function targetOf(on: SaleAct): SaleStatus {
  const step = SALE_STEPS.find((each) => each.on === on);
  if (step === undefined) throw new Error(`No step is taken on ${on}.`);
  return step.to;
}
