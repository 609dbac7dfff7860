import { Injectable } from '@nestjs/common';
import { Batches, type Written } from '../../../common/batches.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { SaleNews } from '../sale-news.service.js';
import { type Placed, type Placement, PlacementsRepository } from './placements.repository.js';

/** Writes sales, those that are placed at the same time together. */
@Injectable()
export class PlacementQueue {
  private readonly batches: Batches<Placement, Placed>;

  constructor(
    private readonly placements: PlacementsRepository,
    private readonly news: SaleNews,
    private readonly uow: UnitOfWork,
  ) {
    this.batches = new Batches((batch) => this.write(batch), keysOf, uow);
  }

  /** Writes a sale, in the transaction that is under way or in one that is committed when this resolves. */
  async place(placement: Placement): Promise<Placed> {
    const alone = this.uow.active || placement.sale.promotions.length > 0;
    const placed = alone ? 'overtaken' : await this.batches.add(placement);
    // A batch leaves those out who would have to wait. What was priced from what was shown is priced anew first.
    return placed === 'overtaken' && !placement.sale.asShown ? this.placeAlone(placement) : placed;
  }

  private async placeAlone(placement: Placement): Promise<Placed> {
    const manner = this.uow.active ? 'within' : 'alone';
    const written = await this.placements.place([placement], manner, this.news.unawaited);
    const tell = (): Promise<void> => this.news.placed(written?.levels ?? []);
    if (this.uow.active) this.uow.afterCommit(tell);
    else await tell();
    return written?.placed[0] ?? 'overtaken';
  }

  /** What overtook a batch has overtaken one or another of its members: the rest are written without those. */
  private async write(batch: readonly Placement[]): Promise<Written<Placed> | undefined> {
    const written = await this.placements.place(batch, 'batch', this.news.unawaited);
    if (written === undefined)
      return batch.length > 1 ? undefined : { results: ['overtaken'], told: Promise.resolve() };
    const { placed, levels } = written;
    return { results: placed, told: levels.length === 0 ? Promise.resolve() : this.news.placed(levels) };
  }
}

/** A cart, a buyer's open sales and a key change with each sale of theirs. */
function keysOf({ sale, request }: Placement): string[] {
  const keys = [sale.userId ?? sale.cart?.id, sale.checksOutCart ? sale.cart?.id : undefined];
  return [...keys, request && `${request.caller} ${request.key}`].filter((key) => key !== undefined);
}
