import { Module } from '@nestjs/common';
import { AuditApi } from './audit.api.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { AuditPrivacy } from './audit-privacy.api.js';

/** The audit log: who did what to which thing, from where, with which token. */
@Module({
  controllers: [AuditController],
  providers: [AuditApi, AuditPrivacy, AuditRepository, AuditService],
  exports: [AuditApi, AuditPrivacy],
})
export class AuditModule {}
