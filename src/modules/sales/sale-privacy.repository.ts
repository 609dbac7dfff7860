import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

const LOCK = statement('sale-privacy.lock', 'SELECT id FROM sales WHERE user_id = $1 ORDER BY id FOR NO KEY UPDATE');
/** Country and region stay: they say where a sale was taxed. The rest of an address is empty rather than missing. */
const ERASE_SALES = statement(
  'sale-privacy.eraseSales',
  `UPDATE sales SET email = NULL, delivery_address = jsonb_build_object('label', NULL, 'recipient', '', 'line1', '',
     'line2', NULL, 'city', '', 'region', delivery_address -> 'region', 'postalCode', '',
     'country', delivery_address -> 'country', 'phone', NULL)
   WHERE user_id = $1 AND (email IS NOT NULL OR delivery_address ->> 'line1' <> '')`,
);
const ERASE_NOTES = statement(
  'sale-privacy.eraseNotes',
  `UPDATE sale_history h SET note = NULL FROM sales s
   WHERE s.user_id = $1 AND h.sale_id = s.id AND h.note IS NOT NULL`,
);
const HISTORY = statement(
  'sale-privacy.history',
  `SELECT h.sale_id AS "saleId", h.to_status AS status, h.at, h.note
   FROM sale_history h JOIN sales s ON s.id = h.sale_id WHERE s.user_id = $1 ORDER BY h.id`,
);

export interface SaleHistoryRow {
  readonly saleId: string;
  readonly status: string;
  readonly at: Date;
  readonly note: string | null;
}

/** Sales as personal data. */
@Injectable()
export class SalePrivacyRepository extends BaseRepository {
  /** What happened to the sales of a customer, oldest first. */
  history(userId: string): Promise<SaleHistoryRow[]> {
    return this.rows<SaleHistoryRow & Record<string, unknown>>(HISTORY, [userId]);
  }

  /** Takes the buyer out of the sales of a customer and out of what was noted on them; amounts and lines stay. */
  async erase(userId: string): Promise<void> {
    await this.affect(LOCK, [userId]);
    await this.affect(ERASE_SALES, [userId]);
    await this.affect(ERASE_NOTES, [userId]);
  }
}
