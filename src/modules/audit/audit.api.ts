import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { currentOrigin, type Origin } from '../../platform/security/request-context.js';
import { AuditRepository, type NewAuditEntry } from './audit.repository.js';
import { changeOf, type Facts } from './audit-changes.js';

/** Something that was done. */
export interface AuditRecord {
  /** What was done, for example `user.role_changed`. */
  readonly action: string;
  /** What kind of thing it was done to, for example `user`. */
  readonly subjectType: string;
  /** Which one; null where there is none, such as a login to an account that does not exist. */
  readonly subjectId: string | null;
  /** The thing before; only what differs is kept. Nothing personal: entries can never be changed. */
  readonly before?: Facts | undefined;
  /** The thing after; the same holds. */
  readonly after?: Facts | undefined;
  /** What tells of the person that the act is about: kept apart, so that erasure can delete it. */
  readonly personal?: { readonly before?: Facts | undefined; readonly after?: Facts | undefined };
  /** The user who acted, where the request itself does not tell: at a login. */
  readonly actorId?: string | undefined;
}

/** The door to the audit log. Who acts, from where and with which token is known from the request under way. */
@Injectable()
export class AuditApi {
  constructor(
    private readonly entries: AuditRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes down what was done, in the transaction that does it.
   * @throws {Error} outside a transaction: the entry could stand without its cause, or the cause without its entry
   */
  async record(...records: readonly AuditRecord[]): Promise<void> {
    if (!this.uow.active) throw new Error(`${records[0]?.action ?? 'An act'} was recorded outside a transaction.`);
    await this.write(records);
  }

  /** Writes down what was tried and refused; it stands also where a transaction under way is rolled back for it. */
  recordRefusal(record: AuditRecord): Promise<void> {
    return this.uow.outside(() => this.uow.run(() => this.write([record])));
  }

  private async write(records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    const origin = currentOrigin();
    const at = this.clock.now();
    await this.entries.record(records.map((record) => toEntry(record, origin, at)));
  }
}

function toEntry(record: AuditRecord, origin: Origin, at: Date): NewAuditEntry {
  const { action, subjectType, subjectId, personal } = record;
  const actorId = record.actorId ?? origin.actorId;
  const actingPersonId = record.actorId ?? origin.personId;
  const { tokenId, requestId, address } = origin;
  return {
    id: newId(),
    at,
    actor: record.actorId === undefined ? origin.actor : 'user',
    actorId,
    tokenId,
    requestId,
    action,
    subjectType,
    subjectId,
    ...changeOf(record.before, record.after),
    personId: actingPersonId ?? (subjectType === 'user' ? subjectId : null),
    address,
    subjectPersonId: subjectType === 'user' ? subjectId : actingPersonId,
    personal: personal === undefined ? null : changeOf(personal.before, personal.after),
  };
}
