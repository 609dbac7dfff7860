import { Module } from '@nestjs/common';
import { MailModule } from '../../platform/mail/mail.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { NewAccounts } from './new-accounts.service.js';
import { ProfileCache } from './profile.cache.js';
import { ProfileMailsService } from './profile-mails.service.js';
import { ProfilesService } from './profiles.service.js';
import { UserPrivacy } from './user-privacy.api.js';
import { UserPrivacyRepository } from './user-privacy.repository.js';
import { UsersApi } from './users.api.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule, MailModule],
  controllers: [UsersController],
  providers: [
    NewAccounts,
    ProfileCache,
    ProfileMailsService,
    ProfilesService,
    UserPrivacy,
    UserPrivacyRepository,
    UsersRepository,
    UsersService,
    UsersApi,
  ],
  exports: [UserPrivacy, UsersApi],
})
export class UsersModule {}
