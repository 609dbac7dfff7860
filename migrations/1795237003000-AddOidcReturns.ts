import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  'ALTER TABLE oidc_attempts ADD return_to text, ADD challenge text',
  `ALTER TABLE oidc_attempts ADD CONSTRAINT oidc_attempts_return_challenged
    CHECK ((return_to IS NULL) = (challenge IS NULL))`,
  `CREATE TABLE oidc_handovers (
    code_hash bytea NOT NULL,
    challenge text NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oidc_handovers_pkey PRIMARY KEY (code_hash)
  )`,
  'CREATE INDEX oidc_handovers_expiry_idx ON oidc_handovers (expires_at)',
  `ALTER TABLE oidc_handovers ADD CONSTRAINT oidc_handovers_user_fkey
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE`,
];

/** Sign-ins that begin in a storefront, and are handed over to it. */
export class AddOidcReturns1795237003000 implements MigrationInterface {
  name = 'AddOidcReturns1795237003000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE oidc_handovers');
    await runner.query('ALTER TABLE oidc_attempts DROP COLUMN return_to, DROP COLUMN challenge');
  }
}
