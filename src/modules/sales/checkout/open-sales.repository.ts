import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { violatedConstraint } from '../../../platform/database/failures.js';
import { statement } from '../../../platform/database/statement.js';

/** Counts a sale among the open ones of its buyer: $1 sale, $2 how many there may be, $3 where to begin looking. */
const COUNT_IN = statement(
  'sales.countIn',
  `WITH s AS (SELECT id, coalesce(user_id, cart_id) AS buyer FROM sales
     WHERE id = $1::uuid AND status = 'pending' AND open_place IS NULL),
   r AS MATERIALIZED (
     SELECT n.place FROM (
       SELECT 1 + ($3::int + g.i) % $2::int AS place FROM (SELECT generate_series(0, $2::int - 1) AS i) g) n
     WHERE NOT EXISTS (SELECT FROM sales o
       WHERE o.status = 'pending' AND coalesce(o.user_id, o.cart_id) = (SELECT buyer FROM s)
         AND o.open_place = n.place OFFSET 0)
     LIMIT 1),
   u AS (UPDATE sales SET open_place = r.place FROM s CROSS JOIN r WHERE sales.id = s.id AND sales.status = 'pending')
   SELECT EXISTS (SELECT FROM s) AND NOT EXISTS (SELECT FROM r) AS crowded`,
);

/** The places of open sales among those of their buyer. */
@Injectable()
export class OpenSalesRepository extends BaseRepository {
  /**
   * Counts a sale that is not paid among the open ones of its buyer, unless it is already.
   * @returns whether there was a place for it; undefined where somebody else took the same one
   */
  async countIn(saleId: string, most: number): Promise<boolean | undefined> {
    try {
      return (await this.first<{ crowded: boolean }>(COUNT_IN, [saleId, most, randomInt(most)]))?.crowded !== true;
    } catch (error) {
      if (violatedConstraint(error) === 'sales_open_place_unique') return undefined;
      throw error;
    }
  }
}
