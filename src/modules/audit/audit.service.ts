import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../common/domain-error.js';
import { cursorId, offsetOf, type Page, toPage } from '../../common/paging.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditQuery } from './dto/audit.query.js';
import { type AuditEntryResponse, toAuditEntry } from './dto/audit-entry.response.js';

/** Reads the audit log. */
@Injectable()
export class AuditService {
  constructor(private readonly entries: AuditRepository) {}

  /** @throws {InvalidInput} where the period is empty or the cursor is none of this list */
  async list(query: AuditQuery): Promise<Page<AuditEntryResponse>> {
    const { from, to } = query;
    if (from !== undefined && to !== undefined && Date.parse(to) <= Date.parse(from)) {
      throw InvalidInput.field('to', 'must be later than from');
    }
    const byCursor = query.cursor !== undefined;
    const offset = byCursor ? 0 : offsetOf(query);
    const rows = await this.entries.list(query, query.perPage + 1, offset, cursorId(query.cursor));
    const total = byCursor ? undefined : await this.entries.count(query);
    return toPage(rows, query, total, ({ id }) => [id], toAuditEntry);
  }
}
