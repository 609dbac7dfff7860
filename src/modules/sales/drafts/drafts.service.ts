import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvalidInput, NotFound } from '../../../common/domain-error.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { StoredAnswer } from '../../../platform/http/idempotency.js';
import { UsersApi } from '../../users/users.api.js';
import type { Buyer } from '../checkout/checkout.repository.js';
import { CheckoutService, type Draft, mergeItems, type Purchaser } from '../checkout/checkout.service.js';
import type { DraftSale } from '../dto/draft.dto.js';
import type { SaleResponse } from '../dto/sale.response.js';
import { DraftsRepository } from './drafts.repository.js';

const HOUR_MS = 3_600_000;
const LONGEST_DAYS = 90;

/** Places sales that staff draft for customers, by the statements of the checkout. */
@Injectable()
export class Drafts {
  constructor(
    private readonly checkouts: CheckoutService,
    private readonly drafts: DraftsRepository,
    private readonly users: UsersApi,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Places a sale in the transaction under way.
   * @throws {InsufficientStock} naming each line that is short
   */
  async place(body: DraftSale, staffId: string): Promise<SaleResponse> {
    const { items, deliveryAddress, deliveryAddressId, couponCode, shippingMethod, note } = body;
    const purchaser = await this.purchaserOf(body);
    const guest = purchaser.kind === 'guest';
    if (guest && deliveryAddressId !== undefined) {
      throw InvalidInput.field('deliveryAddressId', 'needs a customer with an account');
    }
    const expiresAt =
      this.end(body.expiresAt) ?? new Date(this.clock.now().getTime() + this.config.DRAFT_HOURS * HOUR_MS);
    const draft: Draft = { actor: staffId, expiresAt };
    await this.drafts.holdProducts(mergeItems(items).map(({ productId }) => productId));
    const address = { deliveryAddress, deliveryAddressId };
    const wish = { items, ...address, couponCode, shippingMethod, email: guest ? body.email : undefined };
    const placed = await this.checkouts.placeFor(purchaser, buyerOf(purchaser), wish, undefined, draft);
    if (placed instanceof StoredAnswer) throw new Error('A draft was answered from a record that it has not.');
    if (note !== undefined) {
      await this.drafts.noteEdit(placed.id, { actor: staffId, note }, this.clock.now(), undefined);
    }
    return placed;
  }

  /** Until when a sale is to hold its stock, as a request says it. */
  end(expiresAt: string | undefined): Date | undefined {
    if (expiresAt === undefined) return undefined;
    const end = new Date(expiresAt);
    const now = this.clock.now().getTime();
    if (end.getTime() <= now) throw InvalidInput.field('expiresAt', 'must lie ahead');
    if (end.getTime() > now + LONGEST_DAYS * 24 * HOUR_MS) {
      throw InvalidInput.field('expiresAt', `must be at most ${LONGEST_DAYS} days ahead`);
    }
    return end;
  }

  /** An address that nobody has confirmed may be somebody else's: the sale of its owner is not shown to who took it. */
  private async purchaserOf({ userId, email }: DraftSale): Promise<Purchaser> {
    if ((userId === undefined) === (email === undefined)) {
      throw InvalidInput.field('userId', 'give either userId or email');
    }
    const account =
      userId === undefined ? await this.users.findLoginByEmail(email ?? '') : await this.users.findLoginById(userId);
    if (userId === undefined) {
      const known = account?.active === true && (await this.users.getById(account.id)).emailVerified;
      return known && account !== undefined ? { kind: 'user', userId: account.id } : { kind: 'guest' };
    }
    if (account?.active !== true) throw new NotFound('user');
    return { kind: 'user', userId: account.id };
  }
}

/** Of somebody without an account there is no cart, so no hash is that of its token. */
function buyerOf(purchaser: Purchaser): Buyer {
  return purchaser.kind === 'user' ? { kind: 'user', key: purchaser.userId } : { kind: 'guest', key: Buffer.alloc(0) };
}
