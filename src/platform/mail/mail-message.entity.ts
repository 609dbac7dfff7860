import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A mail that is owed to somebody, written in the transaction that causes it and deleted once it is sent. It says what
 * the mail is about; its words, and the token in it, are made when it is sent and never lie in the database.
 */
@Entity('mail_messages')
@Check('mail_messages_attempts_counted', 'attempts >= 0')
@Index('mail_messages_due_idx', ['patient', 'dueAt'])
export class MailMessage {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mail_messages_pkey' })
  id!: string;

  @Column('text')
  kind!: string;

  @Column('jsonb')
  about!: Readonly<Record<string, string>>;

  /** Nobody waits for it, and it takes long to make. */
  @Column('boolean', { default: false })
  patient!: boolean;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** From when on it may be sent, for the first time or again. */
  @Column('timestamptz')
  dueAt!: Date;

  /** Past this nobody would have any use for it. */
  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz')
  createdAt!: Date;
}
