import { type Step, stepFrom } from '../../../common/lifecycle.js';

export const RETURN_STATUSES = ['requested', 'approved', 'refused', 'received'] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** What staff make of a return. */
export const RETURN_DECISIONS = ['approved', 'refused', 'received'] as const;
export type ReturnDecision = (typeof RETURN_DECISIONS)[number];

type ReturnAct = 'ask' | 'approve' | 'refuse' | 'receive' | 'take_back_sale';
type ReturnGuard = 'sale_is_delivered' | 'pieces_are_left';
type ReturnEffect = 'set_pieces_aside' | 'let_pieces_go' | 'restock' | 'refund_pieces' | 'finish_sale';

const by = 'staff';

/** The state machine of a return. Its steps are taken under the lock of its sale. */
export const RETURN_STEPS: readonly Step<ReturnStatus, ReturnAct, ReturnGuard, ReturnEffect>[] = [
  {
    on: 'ask',
    by: 'customer, guest',
    from: null,
    to: 'requested',
    guards: ['sale_is_delivered', 'pieces_are_left'],
    effects: ['set_pieces_aside'],
  },
  { on: 'approve', by, from: 'requested', to: 'approved', guards: [], effects: [] },
  { on: 'refuse', by, from: 'requested', to: 'refused', guards: [], effects: ['let_pieces_go'] },
  { on: 'refuse', by, from: 'approved', to: 'refused', guards: [], effects: ['let_pieces_go'] },
  {
    on: 'receive',
    by,
    from: 'approved',
    to: 'received',
    guards: ['sale_is_delivered'],
    effects: ['restock', 'refund_pieces', 'finish_sale'],
  },
  { on: 'take_back_sale', by, from: 'requested', to: 'received', guards: ['sale_is_delivered'], effects: ['restock'] },
  { on: 'take_back_sale', by, from: 'approved', to: 'received', guards: ['sale_is_delivered'], effects: ['restock'] },
];

const DECIDING: Readonly<Record<ReturnDecision, ReturnAct>> = {
  approved: 'approve',
  refused: 'refuse',
  received: 'receive',
};

/** Whether staff may decide so about a return of a status. */
export function returnMayBecome(from: ReturnStatus, to: ReturnDecision): boolean {
  return stepFrom(RETURN_STEPS, from, DECIDING[to]) !== undefined;
}
