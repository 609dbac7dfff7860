import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `CREATE TABLE mail_messages (
    id uuid NOT NULL,
    kind text NOT NULL,
    about jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT mail_messages_attempts_counted CHECK (attempts >= 0),
    CONSTRAINT mail_messages_pkey PRIMARY KEY (id)
  )`,
  'CREATE INDEX mail_messages_due_idx ON mail_messages (due_at)',
  `CREATE TABLE one_time_tokens (
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    email_key text NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT one_time_tokens_hash_unique UNIQUE (token_hash),
    CONSTRAINT one_time_tokens_purpose_known CHECK (purpose IN ('email_verification', 'password_reset')),
    CONSTRAINT one_time_tokens_pkey PRIMARY KEY (user_id, purpose)
  )`,
  'CREATE INDEX one_time_tokens_expiry_idx ON one_time_tokens (expires_at)',
  `ALTER TABLE one_time_tokens ADD CONSTRAINT one_time_tokens_user_fkey
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `CREATE TABLE invitations (
    id uuid NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    role text NOT NULL,
    invited_by uuid NOT NULL,
    token_hash bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitations_hash_unique UNIQUE (token_hash),
    CONSTRAINT invitations_email_key_unique UNIQUE (email_key),
    CONSTRAINT invitations_role_known CHECK (role IN ('customer', 'support', 'manager', 'admin')),
    CONSTRAINT invitations_pkey PRIMARY KEY (id)
  )`,
  'CREATE INDEX invitations_expiry_idx ON invitations (expires_at)',
  `ALTER TABLE invitations ADD CONSTRAINT invitations_inviter_fkey
    FOREIGN KEY (invited_by) REFERENCES users(id) ON DELETE CASCADE`,
];

/** Mails that are yet to be sent, and the single-use tokens that they bring. */
export class AddMailAndAccountTokens1795236200000 implements MigrationInterface {
  name = 'AddMailAndAccountTokens1795236200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of statements) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE invitations, one_time_tokens, mail_messages');
  }
}
