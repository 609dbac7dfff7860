import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { PromotionsRepository } from './promotions.repository.js';

/** What is held about who has used which promotion. */
@Injectable()
export class PromotionPrivacy implements PersonalData {
  readonly section = 'promotionUses';

  constructor(private readonly promotions: PromotionsRepository) {}

  async exportOf(userId: string): Promise<unknown> {
    const uses = await this.promotions.usesOf(userId);
    return uses.map(({ sale_id: saleId, name, code, used_at }) => ({
      saleId,
      name,
      code,
      usedAt: used_at.toISOString(),
    }));
  }

  erase(userId: string): Promise<void> {
    return this.promotions.forget(userId);
  }
}
