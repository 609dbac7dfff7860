import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { emailKey, normalizeEmail } from '../../common/email.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import type { Role } from '../../platform/security/permissions.js';
import { AuditApi } from '../audit/audit.api.js';
import { toUserResponse, type UserResponse } from './dto/user.response.js';
import type { User } from './user.entity.js';
import { USER_REGISTERED, type UserRegistered } from './users.events.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** An account to make. */
export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly username?: string | undefined;
  /** Null where somebody else vouches for the person. */
  readonly passwordHash: string | null;
  readonly role?: Role;
  /** The address is known to be the person's. */
  readonly emailVerified?: boolean;
  /** How the account comes about, for the audit log; by a registration, where it is not said. */
  readonly by?: 'registration' | 'invitation' | 'provider' | 'command';
}

/** Makes accounts. */
@Injectable()
export class NewAccounts {
  constructor(
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(UsersService) private readonly service: UsersService,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /** @throws {EmailTaken | UsernameTaken} */
  create(input: NewUser): Promise<UserResponse> {
    return this.uow.run(async () => {
      const user = this.newUser(input);
      await this.users.insert(user);
      const data: UserRegistered = { userId: user.id, role: user.role, createdAt: user.createdAt.toISOString() };
      await this.outbox.append({ type: USER_REGISTERED, aggregateId: user.id, data: { ...data } });
      const { by = 'registration', emailVerified = false } = input;
      const actorId = by === 'command' ? undefined : user.id;
      const after = { role: user.role, emailVerified, by };
      await this.audit.record({ ...aboutUser(user.id), action: 'user.registered', actorId, after });
      return toUserResponse(user);
    });
  }

  /** Makes an administrator, or makes one of the account that has the email address; its sessions end. */
  makeAdministrator(
    input: NewUser & { readonly passwordHash: string },
  ): Promise<{ readonly user: UserResponse; readonly created: boolean }> {
    return this.uow.run(async () => {
      const promoted = await this.service.promote(input.email, input.passwordHash);
      const created = promoted === undefined;
      const user = created ? await this.create({ ...input, role: 'admin', by: 'command' }) : promoted;
      const after = { role: 'admin', active: true, created };
      await this.audit.record({ ...aboutUser(user.id), action: 'user.administrator_made', after });
      return { user, created };
    });
  }

  private newUser({ email, name, username, passwordHash, role = 'customer', emailVerified = false }: NewUser): User {
    const now = this.clock.now();
    return {
      id: newId(),
      email: normalizeEmail(email),
      emailKey: emailKey(email),
      username: username ?? null,
      usernameKey: username?.toLowerCase() ?? null,
      passwordHash,
      name,
      role,
      active: true,
      emailVerifiedAt: emailVerified ? now : null,
      lastLoginAt: null,
      defaultShippingMethod: null,
      erasedAt: null,
      createdAt: now,
      updatedAt: now,
    };
  }
}

const aboutUser = (subjectId: string) => ({ subjectType: 'user', subjectId });
