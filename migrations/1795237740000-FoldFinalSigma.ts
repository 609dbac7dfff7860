import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['users', 'invitations'];

/** Addresses are compared with one small sigma, whether or not it ends a word. */
export class FoldFinalSigma1795237740000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      // Where both writings have an account, that with the other sigma keeps its own key, and each its history.
      await queryRunner.query(
        `UPDATE ${table} t SET email_key = replace(email_key, 'ς', 'σ') WHERE email_key LIKE '%ς%'
           AND NOT EXISTS (SELECT FROM ${table} o WHERE o.email_key = replace(t.email_key, 'ς', 'σ'))`,
      );
    }
    await queryRunner.query(
      `UPDATE one_time_tokens SET email_key = replace(email_key, 'ς', 'σ') WHERE email_key LIKE '%ς%'`,
    );
  }

  /** Nothing: which sigma was written is known by the address itself, and the keys are whole with either. */
  async down(): Promise<void> {}
}
