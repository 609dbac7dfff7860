import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

export interface PastCustomerRow {
  readonly id: string;
  readonly reference: string;
  readonly user_id: string | null;
}

const FIND = statement(
  'past-customers.find',
  'SELECT id, reference, user_id FROM past_customers WHERE reference = ANY ($1::text[])',
);
/** An account whose address nobody has confirmed may be anybody's. */
const ADD = statement(
  'past-customers.add',
  `INSERT INTO past_customers (id, reference, user_id, created_at)
   SELECT g.id, g.reference, u.id, $3
   FROM unnest($1::uuid[], $2::text[]) AS g (id, reference)
     LEFT JOIN users u ON u.email_key = g.reference AND u.email_verified_at IS NOT NULL
   ORDER BY g.reference ON CONFLICT (reference) DO NOTHING`,
);
const OF_USER = statement(
  'past-customers.ofUser',
  `SELECT c.reference, c.created_at AS "importedAt", count(s.id)::int AS sales
   FROM past_customers c LEFT JOIN sales s ON s.customer_id = c.id
   WHERE c.user_id = $1 OR c.reference = (SELECT email_key FROM users WHERE id = $1)
   GROUP BY c.id ORDER BY c.id`,
);
const ERASE = statement(
  'past-customers.erase',
  `UPDATE past_customers SET reference = 'erased:' || id, user_id = NULL
   WHERE user_id = $1 OR reference = (SELECT email_key FROM users WHERE id = $1)`,
);

/** Customers of other systems. */
@Injectable()
export class PastCustomersRepository extends BaseRepository {
  /** Customers by what the other system calls them; those that are not there are made. */
  async idsOf(references: readonly string[], now: Date): Promise<Map<string, PastCustomerRow>> {
    const found = await this.find(references);
    const missing = references.filter((reference) => !found.has(reference));
    if (missing.length === 0) return found;
    await this.affect(ADD, [missing.map(() => newId()), missing, now]);
    for (const [reference, row] of await this.find(missing)) found.set(reference, row);
    return found;
  }

  ofUser(userId: string): Promise<Record<string, unknown>[]> {
    return this.rows(OF_USER, [userId]);
  }

  async erase(userId: string): Promise<void> {
    await this.affect(ERASE, [userId]);
  }

  private async find(references: readonly string[]): Promise<Map<string, PastCustomerRow>> {
    const rows = await this.rows<PastCustomerRow & Record<string, unknown>>(FIND, [references]);
    return new Map(rows.map((row) => [row.reference, row]));
  }
}
