import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { CartsApi } from '../../carts/carts.api.js';
import { SaleCancellationService } from '../lifecycle/sale-cancellation.service.js';
import { InvalidTransition, TooManyOpenSales } from '../sales.errors.js';
import { OpenSalesRepository } from './open-sales.repository.js';

/** Sees to it that nobody holds stock with any number of sales that are not paid. */
@Injectable()
export class OpenSales {
  constructor(
    private readonly open: OpenSalesRepository,
    private readonly cancellations: SaleCancellationService,
    private readonly carts: CartsApi,
    private readonly uow: UnitOfWork,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Counts a sale that was to be paid at once and is not. Where its buyer has as many as anyone may, it is cancelled, and
   * the cart has again what it had.
   * @param ofCart whether the sale was all that was in a cart
   * @throws {TooManyOpenSales}
   */
  async countIn(saleId: string, ofCart: boolean): Promise<void> {
    const most = this.config.MAX_OPEN_RESERVATIONS;
    if (most === 0) return;
    let counted: boolean | undefined;
    while (counted === undefined) counted = await this.open.countIn(saleId, most);
    if (counted) return;
    const note = 'It was not paid at once, and its buyer had as many unpaid sales as anyone may.';
    try {
      await this.uow.run(async () => {
        if (ofCart) await this.carts.refill(saleId);
        await this.cancellations.cancel(saleId, { actor: 'expiry', actorId: null, note });
      });
    } catch (error) {
      // Somebody has paid or cancelled it meanwhile, so that it is open no longer.
      if (error instanceof InvalidTransition) return;
      throw error;
    }
    throw new TooManyOpenSales(most);
  }
}
