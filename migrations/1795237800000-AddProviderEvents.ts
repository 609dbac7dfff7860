import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE payment_events (
    provider text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    subject_id uuid,
    received_at timestamptz NOT NULL,
    CONSTRAINT payment_events_pkey PRIMARY KEY (provider, event_id)
  )`,
  'CREATE INDEX payment_events_received_idx ON payment_events (received_at)',

  `CREATE TABLE stray_charges (
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    provider text NOT NULL,
    provider_ref text NOT NULL,
    amount bigint NOT NULL,
    currency character(3) NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    refund_ref text,
    failure_code text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT stray_charges_amount_positive CHECK (amount > 0),
    CONSTRAINT stray_charges_reason_known CHECK (reason IN ('already_paid', 'amount_mismatch')),
    CONSTRAINT stray_charges_status_known CHECK (status IN ('pending', 'completed', 'failed')),
    CONSTRAINT stray_charges_pkey PRIMARY KEY (id),
    CONSTRAINT stray_charges_provider_ref_unique UNIQUE (provider, provider_ref),
    CONSTRAINT stray_charges_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments(id),
    CONSTRAINT stray_charges_sale_fkey FOREIGN KEY (sale_id) REFERENCES sales(id)
  )`,
  'CREATE INDEX stray_charges_sale_idx ON stray_charges (sale_id)',
  'CREATE INDEX stray_charges_payment_idx ON stray_charges (payment_id)',
  `CREATE INDEX stray_charges_pending_idx ON stray_charges (updated_at) WHERE status = 'pending'`,

  'ALTER TABLE payments ADD COLUMN giving_up boolean NOT NULL DEFAULT false',
  `CREATE INDEX payments_undecided_idx ON payments (updated_at) WHERE status = 'pending' OR giving_up`,

  'ALTER TABLE refunds ADD COLUMN failure_code text',
  `CREATE UNIQUE INDEX refunds_provider_ref_unique ON refunds (provider_ref, payment_id) WHERE provider_ref IS NOT NULL`,

  'ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_known',
  `ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_known
     CHECK (actor IN ('user', 'api_key', 'anonymous', 'cli', 'system', 'provider'))`,
];

const DOWN = [
  'ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_known',
  // What providers did stays on record: the log is never changed.
  `ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_known
     CHECK (actor IN ('user', 'api_key', 'anonymous', 'cli', 'system')) NOT VALID`,
  'DROP INDEX refunds_provider_ref_unique',
  'ALTER TABLE refunds DROP COLUMN failure_code',
  'DROP INDEX payments_undecided_idx',
  'ALTER TABLE payments DROP COLUMN giving_up',
  'DROP TABLE stray_charges',
  'DROP TABLE payment_events',
];

/**
 * What payment providers tell, each event once; money that they took and that paid nothing; charges that are to be
 * given up; and refunds that failed.
 */
export class AddProviderEvents1795237800000 implements MigrationInterface {
  name = 'AddProviderEvents1795237800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await runner.query(sql);
  }
}
