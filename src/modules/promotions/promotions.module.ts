import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PromotionPrivacy } from './promotion-privacy.api.js';
import { PromotionsApi } from './promotions.api.js';
import { PromotionsController } from './promotions.controller.js';
import { PromotionsRepository } from './promotions.repository.js';
import { PromotionsService } from './promotions.service.js';

@Module({
  imports: [AuditModule],
  controllers: [PromotionsController],
  providers: [PromotionPrivacy, PromotionsApi, PromotionsRepository, PromotionsService],
  exports: [PromotionPrivacy, PromotionsApi],
})
export class PromotionsModule {}
