import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE promotions (
    id uuid CONSTRAINT promotions_pkey PRIMARY KEY,
    code text,
    name text NOT NULL,
    type text NOT NULL,
    rate integer,
    amount bigint,
    buy_quantity integer,
    get_quantity integer,
    product_ids uuid[],
    category_ids uuid[],
    minimum bigint NOT NULL,
    exclusive boolean NOT NULL,
    priority integer NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    usage_limit integer,
    per_customer_limit integer,
    uses integer NOT NULL,
    active boolean NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT promotions_code_unique UNIQUE (code),
    CONSTRAINT promotions_benefit_fits CHECK (CASE type
      WHEN 'percentage' THEN rate IS NOT NULL AND amount IS NULL AND buy_quantity IS NULL AND get_quantity IS NULL
      WHEN 'fixed' THEN rate IS NULL AND amount > 0 AND buy_quantity IS NULL AND get_quantity IS NULL
      WHEN 'buy_x_get_y' THEN rate IS NOT NULL AND amount IS NULL AND buy_quantity > 0 AND get_quantity > 0
      ELSE false END),
    CONSTRAINT promotions_rate_range CHECK (rate BETWEEN 1 AND 1000000),
    CONSTRAINT promotions_minimum_not_negative CHECK (minimum >= 0),
    CONSTRAINT promotions_period_order CHECK (starts_at < ends_at),
    CONSTRAINT promotions_uses_within_limit CHECK (uses >= 0 AND uses <= coalesce(usage_limit, uses)),
    CONSTRAINT promotions_per_customer_range CHECK (per_customer_limit > 0))`,
  // Those that apply by themselves are looked for at every checkout.
  'CREATE INDEX promotions_automatic_idx ON promotions (id) WHERE active AND code IS NULL',
  `CREATE TABLE promotion_uses (
    sale_id uuid CONSTRAINT promotion_uses_sale_fkey REFERENCES sales (id),
    promotion_id uuid CONSTRAINT promotion_uses_promotion_fkey REFERENCES promotions (id),
    customer uuid,
    nth integer,
    amount bigint NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT promotion_uses_pkey PRIMARY KEY (sale_id, promotion_id),
    CONSTRAINT promotion_uses_nth_unique UNIQUE (promotion_id, customer, nth))`,
  // What is kept of cart totals ends with a change by staff, which counts the version up; uses do not.
  `CREATE TRIGGER promotions_note_change AFTER INSERT OR DELETE OR UPDATE OF version ON promotions
     FOR EACH STATEMENT EXECUTE FUNCTION note_table_change()`,
];

const DOWN = ['DROP TABLE promotion_uses', 'DROP TABLE promotions'];

/** Promotions, and which sales have used them. */
export class AddPromotions1795237770000 implements MigrationInterface {
  name = 'AddPromotions1795237770000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
