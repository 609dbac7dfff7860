import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { AuditEntry } from './audit-entry.entity.js';

type Facts = AuditEntry['before'];

/** What of an entry is personal. */
export interface PersonalFacts {
  readonly before: Facts;
  readonly after: Facts;
}

/** An entry with what is personal about it: where it came from and what it tells, and of whom. */
export interface NewAuditEntry extends AuditEntry {
  readonly personId: string | null;
  readonly address: string | null;
  readonly subjectPersonId: string | null;
  readonly personal: PersonalFacts | null;
}

/** An entry as it is read; what is personal about it may have been erased. */
export interface AuditRow extends AuditEntry {
  readonly address: string | null;
  readonly personalBefore: Facts;
  readonly personalAfter: Facts;
}

/** Which entries a list shows. */
export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly subjectType?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const RECORD = statement(
  'audit.record',
  `WITH entry AS (
     SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
       $8::text[], $9::uuid[], $10::jsonb[], $11::jsonb[], $12::uuid[], $13::text[], $14::uuid[], $15::jsonb[],
       $16::jsonb[])
       AS e (id, at, actor, actor_id, token_id, request_id, action, subject_type, subject_id, before, after, person_id,
         address, subject_person_id, personal_before, personal_after)
   ), logged AS (
     INSERT INTO audit_log (id, at, actor, actor_id, token_id, request_id, action, subject_type, subject_id, before, after)
     SELECT id, at, actor, actor_id, token_id, request_id, action, subject_type, subject_id, before, after FROM entry
   ), told AS (
     INSERT INTO audit_details (entry_id, person_id, before, after)
     SELECT id, subject_person_id, personal_before, personal_after FROM entry
     WHERE personal_before IS NOT NULL OR personal_after IS NOT NULL
   )
   INSERT INTO audit_addresses (entry_id, person_id, address)
   SELECT id, person_id, address FROM entry WHERE address IS NOT NULL`,
);
const COLUMNS = `e.id, e.at, e.actor, e.actor_id AS "actorId", e.token_id AS "tokenId", e.request_id AS "requestId",
  e.action, e.subject_type AS "subjectType", e.subject_id AS "subjectId", e.before, e.after, a.address,
  d.before AS "personalBefore", d.after AS "personalAfter"`;
const ENTRIES = `FROM audit_log e LEFT JOIN audit_addresses a ON a.entry_id = e.id
  LEFT JOIN audit_details d ON d.entry_id = e.id`;
const ABOUT = statement(
  'audit.about',
  `SELECT ${COLUMNS} ${ENTRIES} AND d.person_id = $1
   WHERE e.actor_id = $1 OR (e.subject_type = 'user' AND e.subject_id = $1) ORDER BY e.id`,
);
const FORGET = statement(
  'audit.forget',
  `WITH told AS (DELETE FROM audit_details WHERE person_id = $1) DELETE FROM audit_addresses WHERE person_id = $1`,
);

// The one way in which the application can remove anything: see the migration AddAuditRetention.
const REMOVE = statement('audit.remove', 'SELECT remove_audit_entries($1, $2) AS removed');

/** The audit log: written once, read by those who may. */
@Injectable()
export class AuditRepository extends BaseRepository {
  async record(entries: readonly NewAuditEntry[]): Promise<void> {
    const column = <K extends keyof NewAuditEntry>(key: K): NewAuditEntry[K][] => entries.map((entry) => entry[key]);
    const json = (facts: readonly Facts[]): (string | null)[] =>
      facts.map((each) => (each === null ? null : JSON.stringify(each)));
    const who = [column('actor'), column('actorId'), column('tokenId'), column('requestId')];
    const what = [
      column('action'),
      column('subjectType'),
      column('subjectId'),
      json(column('before')),
      json(column('after')),
    ];
    const from = [column('personId'), column('address'), column('subjectPersonId')];
    const personal = column('personal');
    const told = [personal.map((facts) => facts?.before ?? null), personal.map((facts) => facts?.after ?? null)];
    await this.affect(RECORD, [column('id'), column('at'), ...who, ...what, ...from, ...told.map(json)]);
  }

  /** Entries of a page, newest first; after `beforeId` or after skipping `offset`. */
  list(filter: AuditFilter, limit: number, offset: number, beforeId: string | undefined): Promise<AuditRow[]> {
    const { where, values } = conditions(filter);
    if (beforeId !== undefined) where.push(`e.id < $${values.push(beforeId)}::uuid`);
    const tail = `LIMIT $${values.push(limit)}::int OFFSET $${values.push(offset)}::int`;
    return this.rowsOf(`SELECT ${COLUMNS} ${ENTRIES} ${sql(where)} ORDER BY e.id DESC ${tail}`, values);
  }

  async count(filter: AuditFilter): Promise<number> {
    const { where, values } = conditions(filter);
    const text = `SELECT count(*)::int AS count FROM audit_log e ${sql(where)}`;
    return (await this.rowsOf<{ count: number }>(text, values))[0]?.count ?? 0;
  }

  /** What a user did, and what was done to the account, oldest first; of what is personal, the user's own alone. */
  about(userId: string): Promise<AuditRow[]> {
    return this.rows(ABOUT, [userId]);
  }

  /** Removes entries from before a moment, up to a number of them; tells how many. */
  async remove(before: Date, most: number): Promise<number> {
    return (await this.first<{ removed: number }>(REMOVE, [before, most]))?.removed ?? 0;
  }

  /** Deletes the addresses that a person came from, and what entries tell of them; the entries stay. */
  async forget(personId: string): Promise<void> {
    await this.affect(FORGET, [personId]);
  }
}

const sql = (where: readonly string[]): string => (where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`);

function conditions(filter: AuditFilter): { where: string[]; values: unknown[] } {
  const where: string[] = [];
  const values: unknown[] = [];
  const add = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) where.push(condition(`$${values.push(value)}`));
  };
  add(filter.actorId, (value) => `e.actor_id = ${value}::uuid`);
  add(filter.action, (value) => `e.action = ${value}`);
  add(filter.subjectType, (value) => `e.subject_type = ${value}`);
  add(filter.subjectId, (value) => `e.subject_id = ${value}::uuid`);
  add(filter.from, (value) => `e.at >= ${value}::timestamptz`);
  add(filter.to, (value) => `e.at < ${value}::timestamptz`);
  return { where, values };
}
