import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request that carried an Idempotency-Key, written in the transaction of its effect. */
@Entity('idempotency_keys')
@Check('idempotency_keys_key_length', 'length(key) BETWEEN 1 AND 255')
@Index('idempotency_keys_created_idx', ['createdAt'], { type: 'brin' })
export class IdempotencyRecord {
  /** The user, or the cart of a guest. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  caller!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key!: string;

  /** SHA-256 over the method, the path and the body. */
  @Column('bytea')
  requestHash!: Buffer;

  @Column('smallint')
  status!: number;

  @Column('text')
  body!: string;

  @Column('timestamptz')
  createdAt!: Date;
}
