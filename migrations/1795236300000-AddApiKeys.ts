import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys by which machines identify themselves. */
export class AddApiKeys1795236300000 implements MigrationInterface {
  name = 'AddApiKeys1795236300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE api_keys (
      id uuid NOT NULL,
      owner_id uuid NOT NULL,
      parent_id uuid,
      name text NOT NULL,
      permissions text[] NOT NULL,
      prefix text NOT NULL,
      key_hash bytea NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz,
      CONSTRAINT api_keys_prefix_unique UNIQUE (prefix),
      CONSTRAINT api_keys_permissions_not_empty CHECK (cardinality(permissions) > 0),
      CONSTRAINT api_keys_pkey PRIMARY KEY (id)
    )`);
    await runner.query('CREATE INDEX api_keys_parent_idx ON api_keys (parent_id)');
    await runner.query('CREATE INDEX api_keys_owner_idx ON api_keys (owner_id)');
    await runner.query(
      'ALTER TABLE api_keys ADD CONSTRAINT api_keys_owner_fkey FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE',
    );
    await runner.query(
      'ALTER TABLE api_keys ADD CONSTRAINT api_keys_parent_fkey FOREIGN KEY (parent_id) REFERENCES api_keys(id) ON DELETE CASCADE',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE api_keys');
  }
}
