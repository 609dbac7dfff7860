import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ApiKeyPrivacy } from './api-key-privacy.api.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';

@Module({
  imports: [AuditModule],
  controllers: [ApiKeysController],
  providers: [ApiKeyPrivacy, ApiKeysService],
  exports: [ApiKeyPrivacy],
})
export class ApiKeysModule {}
