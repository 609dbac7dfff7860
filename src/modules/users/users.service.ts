import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput, NotFound } from '../../common/domain-error.js';
import { emailKey } from '../../common/email.js';
import { isUuid } from '../../common/ids.js';
import { decodeCursor, type Page, toPage } from '../../common/paging.js';
import type { CachedJson } from '../../platform/cache/cached-json.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { coversRole } from '../../platform/security/permissions.js';
import { Forbidden, type StaffPrincipal } from '../../platform/security/principal.js';
import { RevocationList } from '../../platform/security/revocation-list.js';
import { AuditApi, type AuditRecord } from '../audit/audit.api.js';
import type { ListUsersQuery } from './dto/list-users.query.js';
import { toUserResponse, type UserProfile, type UserResponse } from './dto/user.response.js';
import { ProfileCache } from './profile.cache.js';
import { LastAdministrator } from './users.errors.js';
import { type AccessChange, type AccessRow, UsersRepository } from './users.repository.js';

/** Accounts: reading and changing them. */
@Injectable()
export class UsersService {
  constructor(
    @Inject(UsersRepository) private readonly users: UsersRepository,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(ProfileCache) private readonly profiles: ProfileCache,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  async get(id: string): Promise<UserResponse> {
    return toUserResponse(existing(await this.users.findProfile(id)));
  }

  /** The same as it is sent, out of the cache where it is there. */
  me(id: string): Promise<CachedJson> {
    return this.profiles.get(id, () => this.get(id));
  }

  async list(query: ListUsersQuery): Promise<Page<UserResponse>> {
    const after = query.cursor ? readCursor(query.cursor) : null;
    const total = query.cursor === undefined ? await this.users.count(query) : undefined;
    const rows = await this.users.list(query, query, after);
    return toPage(rows, query, total, ({ id }) => [id], toUserResponse);
  }

  /**
   * Notes that an address is its user's, who has just shown it.
   * @returns whether the account is active and still has that address
   */
  confirmEmail(id: string, emailKey: string): Promise<boolean> {
    return this.uow.run(async () => {
      const done = await this.users.confirmEmail(id, emailKey, this.clock.now());
      this.profiles.changing(id);
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
      this.profiles.changing(id);
      if (!coversRole(actor.permissions, user.roleBefore)) throw new Forbidden();
      const closed = change.active === false && user.activeBefore;
      if (closed || user.role !== user.roleBefore) await this.revocations.revokeUser(id);
      await this.audit.record(...accessRecords(user));
      return toUserResponse(user);
    });
  }

  /** Notes a login and locks the account; undefined where it was closed, or its password changed, in the meantime. */
  recordLogin(id: string, passwordHash: string): Promise<UserResponse | undefined> {
    return this.signedIn(id, this.users.recordLogin(id, passwordHash, this.clock.now()));
  }

  /** Notes a login without a password and locks the account; undefined where it is closed. */
  recordSignIn(id: string): Promise<UserResponse | undefined> {
    return this.signedIn(id, this.users.recordSignIn(id, this.clock.now()));
  }

  /** Makes the account of an email address an administrator with a new password, where there is one; its sessions end. */
  async promote(email: string, passwordHash: string): Promise<UserResponse | undefined> {
    const user = await this.users.promote(emailKey(email), passwordHash, this.clock.now());
    if (user === undefined) return undefined;
    this.profiles.changing(user.id);
    await this.revocations.revokeUser(user.id);
    return toUserResponse(user);
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

  private async signedIn(id: string, login: Promise<UserProfile | undefined>): Promise<UserResponse | undefined> {
    const user = await login;
    if (user === undefined) return undefined;
    this.profiles.changing(id);
    return toUserResponse(user);
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
