import type { Step } from '../../../common/lifecycle.js';

/** Of a sale: what became of its payments. */
export const PAYMENT_STATUSES = ['pending', 'completed', 'failed', 'partially_refunded', 'refunded'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

type PaymentAct = 'place' | 'wait' | 'decline' | 'pay' | 'refund_part' | 'refund_rest' | 'give_back_late_payment';
type PaymentGuard = 'sale_is_pending' | 'sale_is_cancelled' | 'total_is_paid' | 'within_what_was_paid';
type PaymentEffect = 'confirm_sale' | 'issue_credit_note' | 'tell';

const open = (from: PaymentStatus) => {
  const by = 'payment';
  return [
    { on: 'wait', by, from, to: 'pending', guards: ['sale_is_pending'], effects: [] },
    { on: 'decline', by, from, to: 'failed', guards: ['sale_is_pending'], effects: [] },
    { on: 'pay', by, from, to: 'completed', guards: ['sale_is_pending', 'total_is_paid'], effects: ['confirm_sale'] },
    {
      on: 'give_back_late_payment',
      by: 'the shop',
      from,
      to: 'refunded',
      guards: ['sale_is_cancelled'],
      effects: ['tell'],
    },
  ] as const;
};

const paid = (from: PaymentStatus) => {
  const common = {
    by: 'staff, a cancellation, a return',
    from,
    guards: ['within_what_was_paid'],
    effects: ['issue_credit_note', 'tell'],
  } as const;
  return [
    { on: 'refund_part', to: 'partially_refunded', ...common },
    { on: 'refund_rest', to: 'refunded', ...common },
  ] as const;
};

/** The state machine of the `paymentStatus` of a sale. Its statements keep it; the model of sales is tested against it. */
export const PAYMENT_STEPS: readonly Step<PaymentStatus, PaymentAct, PaymentGuard, PaymentEffect>[] = [
  { on: 'place', by: 'customer, guest, staff', from: null, to: 'pending', guards: [], effects: [] },
  ...open('pending'),
  ...open('failed'),
  ...paid('completed'),
  ...paid('partially_refunded'),
];
