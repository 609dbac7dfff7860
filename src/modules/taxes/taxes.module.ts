import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { TaxRatesController } from './tax-rates.controller.js';
import { TaxRatesRepository } from './tax-rates.repository.js';
import { TaxRatesService } from './tax-rates.service.js';
import { TaxesApi } from './taxes.api.js';

@Module({
  imports: [AuditModule],
  controllers: [TaxRatesController],
  providers: [TaxesApi, TaxRatesRepository, TaxRatesService],
  exports: [TaxesApi],
})
export class TaxesModule {}
