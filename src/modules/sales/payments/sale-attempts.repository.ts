import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { AttemptRow } from './attempt-mapper.js';

const LIST = statement(
  'sale-attempts.list',
  `SELECT p.id, p.sale_id, p.provider, p.method, p.status, p.amount, p.refunded_amount, p.currency, p.provider_ref,
     p.failure_code, p.created_at, p.updated_at,
     coalesce((SELECT jsonb_agg(jsonb_build_object('reason', c.reason, 'status', c.status, 'amount', c.amount::text,
         'currency', c.currency, 'reference', c.provider_ref, 'failureCode', c.failure_code) ORDER BY c.id)
       FROM stray_charges c WHERE c.payment_id = p.id), '[]') AS stray_charges,
     coalesce((SELECT jsonb_agg(jsonb_build_object('reference', d.provider_ref, 'reason', d.reason, 'status', d.status,
         'amount', d.amount::text, 'currency', d.currency, 'respondBy', d.respond_by, 'openedAt', d.opened_at) ORDER BY d.id)
       FROM payment_disputes d WHERE d.payment_id = p.id), '[]') AS disputes
   FROM payments p WHERE p.sale_id = $1::uuid AND ($2::uuid IS NULL OR p.id < $2::uuid)
   ORDER BY p.id DESC LIMIT $3::int OFFSET $4::int`,
);
const COUNT = statement('sale-attempts.count', 'SELECT count(*)::int AS count FROM payments WHERE sale_id = $1::uuid');

/** Reads the payments of sales. */
@Injectable()
export class SaleAttemptsRepository extends BaseRepository {
  /** Of one sale, newest first. */
  list(saleId: string, limit: number, offset: number, beforeId: string | null): Promise<AttemptRow[]> {
    return this.rows<AttemptRow & Record<string, unknown>>(LIST, [saleId, beforeId, limit, offset]);
  }

  async count(saleId: string): Promise<number> {
    return (await this.first<{ count: number }>(COUNT, [saleId]))?.count ?? 0;
  }
}
