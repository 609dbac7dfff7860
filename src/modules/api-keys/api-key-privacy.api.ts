import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ApiKeys } from '../../platform/security/api-keys.js';
import { ApiKeysRepository } from '../../platform/security/api-keys.repository.js';
import { type ApiKeyResponse, toApiKeyResponse } from './dto/api-key.dto.js';

/** The API keys that a person answers for, as personal data: their names may say whose machine it is. */
@Injectable()
export class ApiKeyPrivacy implements PersonalData {
  readonly section = 'apiKeys';

  constructor(
    private readonly repository: ApiKeysRepository,
    private readonly keys: ApiKeys,
    private readonly uow: UnitOfWork,
  ) {}

  async exportOf(userId: string): Promise<ApiKeyResponse[]> {
    return (await this.repository.ofOwner(userId)).map(toApiKeyResponse);
  }

  /** Revokes the keys and takes their names; the rows stay, since ledgers and the audit log name them as actors. */
  async erase(userId: string, now: Date): Promise<void> {
    await this.repository.forgetOwner(userId, now);
    this.uow.afterCommit(() => this.keys.forget());
  }
}
