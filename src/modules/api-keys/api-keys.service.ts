import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { newId } from '../../common/ids.js';
import { cursorId, offsetOf, type Page, type PageRequest, toPage } from '../../common/paging.js';
import { hashToken } from '../../common/tokens.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { newApiKey } from '../../platform/security/api-key.js';
import { ApiKeys } from '../../platform/security/api-keys.js';
import { ApiKeysRepository } from '../../platform/security/api-keys.repository.js';
import type { StaffPrincipal } from '../../platform/security/principal.js';
import { TokenRevoked } from '../../platform/security/token.errors.js';
import { AuditApi } from '../audit/audit.api.js';
import { ApiKeyNotFound, PermissionsExceeded } from './api-keys.errors.js';
import { type ApiKeyResponse, type CreateApiKey, type CreatedApiKey, toApiKeyResponse } from './dto/api-key.dto.js';
import { excessOf, expiryProblem } from './key-terms.js';

/** Who answers for a new key, which key made it, and until when it may live. */
interface Origin {
  readonly ownerId: string;
  readonly parentId: string | null;
  readonly expiresAt: Date | null;
}

/** API keys: making, listing and revoking them. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly repository: ApiKeysRepository,
    private readonly keys: ApiKeys,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    private readonly audit: AuditApi,
  ) {}

  async list(request: PageRequest): Promise<Page<ApiKeyResponse>> {
    const byCursor = request.cursor !== undefined;
    const offset = byCursor ? 0 : offsetOf(request);
    const rows = await this.repository.list(request.perPage + 1, offset, cursorId(request.cursor) ?? null);
    const total = byCursor ? undefined : await this.repository.count();
    return toPage(rows, request, total, ({ id }) => [id], toApiKeyResponse);
  }

  /**
   * Makes a key and tells it, which happens never again.
   * @throws {PermissionsExceeded} where it would allow more than its maker may
   * @throws {InvalidInput} where it would have expired already, or outlive the key that makes it
   */
  create(maker: StaffPrincipal, input: CreateApiKey): Promise<CreatedApiKey> {
    const excess = excessOf(input.permissions, maker.permissions, maker.kind === 'machine');
    if (excess !== undefined) throw new PermissionsExceeded(excess);
    return this.uow.run(async () => {
      const createdAt = this.clock.now();
      const origin = await this.originOf(maker);
      const wanted = input.expiresAt == null ? null : new Date(input.expiresAt);
      const problem = expiryProblem(wanted, createdAt, origin.expiresAt);
      if (problem !== undefined) throw InvalidInput.field('expiresAt', problem);
      const { key, prefix } = newApiKey();
      const row = {
        ...origin,
        id: newId(),
        name: input.name,
        permissions: [...input.permissions],
        prefix,
        keyHash: hashToken(key),
        createdAt,
        expiresAt: wanted ?? origin.expiresAt,
        revokedAt: null,
        lastUsedAt: null,
      };
      await this.repository.insert(row);
      const { id, ownerId, parentId, permissions, expiresAt } = row;
      const after = { ownerId, parentId, prefix, permissions, expiresAt };
      await this.audit.record({ ...aboutKey(id), action: 'api_key.created', after });
      return { ...toApiKeyResponse(row), key };
    });
  }

  /**
   * Revokes a key and those that it made: here at once, on other replicas within a second.
   * @throws {ApiKeyNotFound} also where it was revoked before
   */
  revoke(id: string): Promise<void> {
    return this.uow.run(async () => {
      // Locked in a statement of its own, so that the next one sees what the key made until then.
      if ((await this.repository.lockLive(id)) === undefined) throw new ApiKeyNotFound();
      const revoked = await this.repository.revoke(id, this.clock.now());
      await this.audit.record(...revoked.map((each) => ({ ...aboutKey(each), action: 'api_key.revoked' })));
      this.uow.afterCommit(() => this.keys.forget());
    });
  }

  private async originOf(maker: StaffPrincipal): Promise<Origin> {
    if (maker.kind === 'user') return { ownerId: maker.userId, parentId: null, expiresAt: null };
    const parent = await this.repository.lockLive(maker.keyId);
    if (parent === undefined) throw new TokenRevoked('API key');
    return { ...parent, parentId: maker.keyId };
  }
}

const aboutKey = (subjectId: string) => ({ subjectType: 'api_key', subjectId });
