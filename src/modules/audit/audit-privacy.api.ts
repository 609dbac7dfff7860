import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { AuditRepository } from './audit.repository.js';
import { type AuditEntryResponse, toAuditEntry } from './dto/audit-entry.response.js';

/** What the audit log holds about people: entries stay and keep ids alone, the addresses go. */
@Injectable()
export class AuditPrivacy implements PersonalData {
  readonly section = 'auditEntries';

  constructor(private readonly entries: AuditRepository) {}

  /** What the user did, and what was done to the account. An address is told where the user acted, not another's. */
  async exportOf(userId: string): Promise<AuditEntryResponse[]> {
    const own = (entry: AuditEntryResponse): boolean => entry.actorId === userId || entry.actorId === null;
    const entries = (await this.entries.about(userId)).map(toAuditEntry);
    return entries.map((entry) => (own(entry) ? entry : { ...entry, address: null, tokenId: null, requestId: null }));
  }

  erase(userId: string): Promise<void> {
    return this.entries.forget(userId);
  }
}
