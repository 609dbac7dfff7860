import { Module } from '@nestjs/common';
import { JobsModule } from '../../platform/jobs/jobs.module.js';
import { AuditApi } from './audit.api.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { AuditPrivacy } from './audit-privacy.api.js';
import { AuditRetention } from './audit-retention.job.js';

/** The audit log: who did what to which thing, from where, with which token. */
@Module({
  imports: [JobsModule],
  controllers: [AuditController],
  providers: [AuditApi, AuditPrivacy, AuditRepository, AuditRetention, AuditService],
  exports: [AuditApi, AuditPrivacy],
})
export class AuditModule {}
