import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import { AnswerWriter } from './answer.statements.js';
import type { Grouping, Question } from './question.js';

/** What sales add up to; revenue in minor units. */
export interface Sums {
  readonly sales: bigint;
  readonly units: bigint;
  readonly revenue: bigint;
}

export interface Totals extends Sums {
  readonly customers: bigint;
  readonly returning: bigint;
}

export interface Group extends Sums {
  readonly key: string;
  readonly label: string;
  readonly id: string | null;
}

export interface Answer {
  readonly totals: Totals;
  /** One list for each grouping that was asked for. */
  readonly groups: readonly (readonly Group[])[];
}

interface AnswerRow extends Group {
  /** A number is the place of a grouping. */
  readonly part: 'totals' | 'customers' | `${number}`;
}

/** Sums are read whole, which is not what the sessions of requests are set up for; to the end of the transaction. */
const AT_LARGE = statement(
  'analytics.readAtLarge',
  `SELECT set_config('enable_seqscan', 'on', true), set_config('work_mem', '32MB', true)`,
);
const MOVED = statement('analytics.moved', 'SELECT 1 FROM analytics_moved_products LIMIT 1');
const CATEGORY = statement(
  'analytics.category',
  `WITH RECURSIVE below AS (
     SELECT id FROM categories WHERE slug = $1
     UNION SELECT c.id FROM categories c JOIN below b ON c.parent_id = b.id)
   SELECT id FROM below`,
);
const PRODUCT = statement('analytics.product', 'SELECT id FROM products WHERE id::text = $1 OR sku = $1 LIMIT 1');

/** Answers questions about sales, from sums and from the sales themselves. */
@Injectable()
export class AnalyticsRepository extends BaseRepository {
  /**
   * Asked in a transaction that sees one moment. One question about several groupings costs less than as many questions.
   * @param whole with totals; else they are zero
   */
  async answer(question: Question, groupings: readonly Grouping[] = [], whole = true): Promise<Answer> {
    await this.first(AT_LARGE);
    const summed = groupings.every(({ by }) => by !== 'category') || (await this.first(MOVED)) === undefined;
    const { text, values } = new AnswerWriter(question, summed).answer(groupings, whole);
    const rows = await this.rowsOf<AnswerRow>(text, values);
    const part = (name: AnswerRow['part']): AnswerRow | undefined => rows.find((row) => row.part === name);
    const totals = part('totals');
    const customers = part('customers');
    return {
      totals: {
        sales: totals?.sales ?? 0n,
        units: totals?.units ?? 0n,
        revenue: totals?.revenue ?? 0n,
        customers: customers?.sales ?? 0n,
        returning: customers?.units ?? 0n,
      },
      groups: groupings.map((_, place) => rows.filter((row) => row.part === String(place))),
    };
  }

  /** A category and those below it; empty where there is none of that slug. */
  async categoryTree(slug: string): Promise<string[]> {
    return (await this.rows<{ id: string }>(CATEGORY, [slug])).map(({ id }) => id);
  }

  /** The product with an id or SKU. */
  async findProduct(idOrSku: string): Promise<string | undefined> {
    return (await this.first<{ id: string }>(PRODUCT, [idOrSku]))?.id;
  }
}
