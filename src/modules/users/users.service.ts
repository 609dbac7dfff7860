import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput, NotFound } from '../../common/domain-error.js';
import { emailKey, normalizeEmail } from '../../common/email.js';
import { isUuid, newId } from '../../common/ids.js';
import { decodeCursor, type Page, toPage } from '../../common/paging.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { coversRole, type Role } from '../../platform/security/permissions.js';
import { Forbidden, type StaffPrincipal } from '../../platform/security/principal.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { AuditApi, type AuditRecord } from '../audit/audit.api.js';
import type { ListUsersQuery } from './dto/list-users.query.js';
import { toUserResponse, type UserProfile, type UserResponse } from './dto/user.response.js';
import type { User } from './user.entity.js';
import { LastAdministrator } from './users.errors.js';
import { USER_REGISTERED, type UserRegistered } from './users.events.js';
import { type AccessChange, type AccessRow, UsersRepository } from './users.repository.js';

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

/** Accounts: making, reading and changing them. */
@Injectable()
export class UsersService {
  constructor(
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  async get(id: string): Promise<UserResponse> {
    return toUserResponse(existing(await this.users.findProfile(id)));
  }

  async list(query: ListUsersQuery): Promise<Page<UserResponse>> {
    const after = query.cursor ? readCursor(query.cursor) : null;
    const total = query.cursor === undefined ? await this.users.count(query) : undefined;
    const rows = await this.users.list(query, query, after);
    return toPage(rows, query, total, ({ id }) => [id], toUserResponse);
  }

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

  /**
   * Notes that an address is its user's, who has just shown it.
   * @returns whether the account is active and still has that address
   */
  confirmEmail(id: string, emailKey: string): Promise<boolean> {
    return this.uow.run(async () => {
      const done = await this.users.confirmEmail(id, emailKey, this.clock.now());
      if (done) await this.audit.record({ ...aboutUser(id), action: 'user.email_verified', actorId: id });
      return done;
    });
  }

  /**
   * Changes what an account may do. Another role, and a closed account, end every session of the user at once.
   * @throws {LastAdministrator} where nobody would be left to administer
   * @throws {Forbidden} where the role, that before or the new one, may do more than the actor, who may be an API key
   */
  async updateAccess(actor: StaffPrincipal, id: string, change: AccessChange): Promise<UserResponse> {
    if (change.role !== undefined && !coversRole(actor.permissions, change.role)) throw new Forbidden();
    return this.uow.run(async () => {
      if ((change.role !== undefined && change.role !== 'admin') || change.active === false) {
        const administrators = await this.users.lockAdministrators();
        if (administrators.length === 1 && administrators[0] === id) throw new LastAdministrator();
      }
      const user = existing(await this.users.setAccess(id, change, this.clock.now()));
      if (!coversRole(actor.permissions, user.roleBefore)) throw new Forbidden();
      const closed = change.active === false && user.activeBefore;
      if (closed || user.role !== user.roleBefore) await this.revocations.revokeUser(id);
      await this.audit.record(...accessRecords(user));
      return toUserResponse(user);
    });
  }

  /**
   * Sets a password on the word of who reads the mail of an account, and ends every session of the user.
   * @returns whether the account is active and still has that address
   */
  resetPassword(id: string, emailKey: string, passwordHash: string): Promise<boolean> {
    return this.uow.run(async () => {
      const done = await this.users.resetPassword(id, emailKey, passwordHash, this.clock.now());
      if (!done) return false;
      await this.revocations.revokeUser(id);
      await this.audit.record({ ...aboutUser(id), action: 'user.password_reset', actorId: id });
      return true;
    });
  }

  /** Makes an administrator, or makes one of the account that has the email address; its sessions end. */
  makeAdministrator(
    input: NewUser & { readonly passwordHash: string },
  ): Promise<{ readonly user: UserResponse; readonly created: boolean }> {
    return this.uow.run(async () => {
      const promoted = await this.users.promote(emailKey(input.email), input.passwordHash, this.clock.now());
      const created = promoted === undefined;
      const user = created ? await this.create({ ...input, role: 'admin', by: 'command' }) : toUserResponse(promoted);
      if (!created) await this.revocations.revokeUser(user.id);
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
      erasedAt: null,
      createdAt: now,
      updatedAt: now,
    };
  }
}

function existing<T extends UserProfile>(user: T | undefined): T {
  if (user === undefined) throw new NotFound('user');
  return user;
}

const aboutUser = (subjectId: string) => ({ subjectType: 'user', subjectId });

function accessRecords({ id, role, roleBefore, active, activeBefore }: AccessRow): AuditRecord[] {
  const records: AuditRecord[] = [];
  const [before, after] = [
    { role: roleBefore, active: activeBefore },
    { role, active },
  ];
  const record = (action: string) => records.push({ ...aboutUser(id), action, before, after });
  if (role !== roleBefore) record('user.role_changed');
  if (active !== activeBefore) record(active ? 'user.activated' : 'user.deactivated');
  return records;
}

function readCursor(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isUuid(id))
    throw InvalidInput.field('cursor', 'is not a cursor that this list has given');
  return id;
}
