import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE payment_disputes (
     id uuid NOT NULL,
     payment_id uuid NOT NULL,
     provider text NOT NULL,
     provider_ref text NOT NULL,
     amount bigint NOT NULL,
     currency char(3) NOT NULL,
     reason text NOT NULL,
     status text NOT NULL,
     closed boolean NOT NULL,
     respond_by timestamptz,
     opened_at timestamptz NOT NULL,
     told_at timestamptz NOT NULL,
     CONSTRAINT payment_disputes_pkey PRIMARY KEY (id),
     CONSTRAINT payment_disputes_provider_ref_unique UNIQUE (provider, provider_ref),
     CONSTRAINT payment_disputes_amount_positive CHECK (amount > 0),
     CONSTRAINT payment_disputes_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments (id)
   )`,
  'CREATE INDEX payment_disputes_payment_idx ON payment_disputes (payment_id)',
];

/** Keeps what providers tell of disputes with the payments that they are about. */
export class AddDisputes1795237880000 implements MigrationInterface {
  name = 'AddDisputes1795237880000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of UP) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_disputes');
  }
}
