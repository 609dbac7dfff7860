import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = [
  `CREATE TABLE totp_factors (
    user_id uuid NOT NULL,
    secret bytea NOT NULL,
    last_step bigint,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    CONSTRAINT totp_factors_step_once_confirmed CHECK ((confirmed_at IS NULL) = (last_step IS NULL)),
    CONSTRAINT totp_factors_pkey PRIMARY KEY (user_id)
  )`,
  `CREATE TABLE recovery_codes (
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash)
  )`,
  `CREATE TABLE oidc_attempts (
    state_hash bytea NOT NULL,
    browser_hash bytea NOT NULL,
    nonce text NOT NULL,
    code_verifier text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oidc_attempts_pkey PRIMARY KEY (state_hash)
  )`,
  `CREATE TABLE user_identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT user_identities_pkey PRIMARY KEY (issuer, subject)
  )`,
];

const links = [
  'CREATE INDEX oidc_attempts_expiry_idx ON oidc_attempts (expires_at)',
  'CREATE INDEX user_identities_user_idx ON user_identities (user_id)',
  `ALTER TABLE totp_factors ADD CONSTRAINT totp_factors_user_fkey
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE`,
  `ALTER TABLE recovery_codes ADD CONSTRAINT recovery_codes_factor_fkey
    FOREIGN KEY (user_id) REFERENCES totp_factors (user_id) ON DELETE CASCADE`,
  `ALTER TABLE user_identities ADD CONSTRAINT user_identities_user_fkey
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE`,
];

export class AddSecondFactorsAndIdentities1795236400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...links]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE user_identities, oidc_attempts, recovery_codes, totp_factors');
  }
}
