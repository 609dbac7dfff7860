import type { SaleStatus } from '../../src/modules/sales/lifecycle/sale-lifecycle.js';
import type { PaymentStatus } from '../../src/modules/sales/payments/payment-lifecycle.js';
import type { ReturnStatus } from '../../src/modules/sales/returns/return-lifecycle.js';

/** So many pieces of each of two products. */
export type Pieces = readonly [number, number];

export interface ModelReturn {
  readonly id: string;
  readonly pieces: Pieces;
  status: ReturnStatus;
}

const plus = (a: Pieces, b: Pieces): Pieces => [a[0] + b[0], a[1] + b[1]];
const minus = (a: Pieces, b: Pieces): Pieces => [a[0] - b[0], a[1] - b[1]];
const least = (a: Pieces, b: Pieces): Pieces => [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
const within = (a: Pieces, b: Pieces): boolean => a[0] <= b[0] && a[1] <= b[1];
const none: Pieces = [0, 0];
const isNone = (a: Pieces): boolean => a[0] === 0 && a[1] === 0;

/** What becomes of one sale, told without a database. Each act says whether it is allowed, and is done if it is. */
export class SaleModel {
  status: SaleStatus = 'pending';
  paymentStatus: PaymentStatus = 'pending';
  shipped: Pieces = none;
  readonly returns: ModelReturn[] = [];
  private paymentOpen = false;
  private over = false;
  private refunded: Pieces = none;
  private received: Pieces = none;

  constructor(
    public stock: Pieces,
    public sold: Pieces,
  ) {
    this.stock = minus(stock, sold);
  }

  pay(method: 'ok' | 'declined' | 'pending'): boolean {
    if (this.status !== 'pending' || this.over || this.paymentOpen) return false;
    this.paymentOpen = method === 'pending';
    if (method === 'ok') this.status = 'confirmed';
    this.paymentStatus = ({ ok: 'completed', declined: 'failed', pending: 'pending' } as const)[method];
    return true;
  }

  confirm(): boolean {
    if (this.status !== 'pending' || this.paymentOpen) return false;
    this.status = 'confirmed';
    this.paymentStatus = 'completed';
    return true;
  }

  edit(sold: Pieces): boolean {
    if (this.status !== 'pending' || this.over || this.paymentOpen) return false;
    const stock = minus(plus(this.stock, this.sold), sold);
    if (!within(none, stock)) return false;
    this.stock = stock;
    this.sold = sold;
    return true;
  }

  cancel(): boolean {
    const allowed = this.status === 'pending' || (this.status === 'confirmed' && isNone(this.shipped));
    if (allowed) this.undo();
    return allowed;
  }

  /** Time passes, until every reservation is over, and with `swept` the job has looked. */
  pass(swept: boolean): void {
    if (this.status !== 'pending') return;
    this.over = true;
    if (swept) this.undo();
  }

  ship(pieces: Pieces | undefined): boolean {
    const left = minus(this.sold, this.shipped);
    const sent = pieces ?? left;
    if (this.status !== 'confirmed' || !within(sent, left)) return false;
    this.shipped = plus(this.shipped, sent);
    if (isNone(minus(this.sold, this.shipped))) this.status = 'shipped';
    return true;
  }

  deliver(): boolean {
    if (this.status !== 'shipped') return false;
    this.status = 'delivered';
    return true;
  }

  takeBack(): boolean {
    if (this.status !== 'delivered') return false;
    this.stock = plus(this.stock, minus(this.sold, this.received));
    this.received = this.sold;
    for (const each of this.returns) if (each.status !== 'refused') each.status = 'received';
    this.status = 'returned';
    return true;
  }

  mayAsk(pieces: Pieces): boolean {
    const asked = this.returns.filter(({ status }) => status !== 'refused');
    const left = asked.reduce((rest, each) => minus(rest, each.pieces), this.sold);
    return this.status === 'delivered' && within(pieces, left);
  }

  decide(asked: ModelReturn, decision: 'approved' | 'refused' | 'received'): boolean {
    const needed = { approved: ['requested'], refused: ['requested', 'approved'], received: ['approved'] }[decision];
    if (!needed.includes(asked.status)) return false;
    if (decision === 'received') this.receive(asked.pieces);
    asked.status = decision;
    return true;
  }

  /** Gives back what pieces cost, or with none named all that is left. */
  refund(pieces: Pieces | undefined): boolean {
    const left = minus(this.sold, this.refunded);
    if (!['completed', 'partially_refunded'].includes(this.paymentStatus) || !within(pieces ?? none, left))
      return false;
    this.giveBack(pieces ?? left);
    return true;
  }

  private receive(pieces: Pieces): void {
    this.stock = plus(this.stock, pieces);
    this.received = plus(this.received, pieces);
    const due = least(pieces, minus(this.sold, this.refunded));
    if (!isNone(due)) this.giveBack(due);
    if (isNone(minus(this.sold, this.received))) this.status = 'returned';
  }

  private giveBack(pieces: Pieces): void {
    this.refunded = plus(this.refunded, pieces);
    this.paymentStatus = isNone(minus(this.sold, this.refunded)) ? 'refunded' : 'partially_refunded';
  }

  private undo(): void {
    if (this.status === 'confirmed' && this.paymentStatus !== 'refunded')
      this.giveBack(minus(this.sold, this.refunded));
    this.status = 'cancelled';
    this.stock = plus(this.stock, this.sold);
  }
}
