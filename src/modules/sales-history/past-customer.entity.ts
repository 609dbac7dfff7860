import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A customer of another system, whose sales were imported. */
@Entity('past_customers')
@Unique('past_customers_reference_unique', ['reference'])
@Index('past_customers_user_idx', ['userId'], { where: 'user_id IS NOT NULL' })
export class PastCustomer {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'past_customers_pkey' })
  id!: string;

  /** What the other system calls them: a number, or an email address in lower case. */
  @Column('text')
  reference!: string;

  /** The account of the same person here, known by its confirmed email address. */
  @Column('uuid', { nullable: true })
  @ForeignKey('User', { name: 'past_customers_user_fkey' })
  userId!: string | null;

  @Column('timestamptz')
  createdAt!: Date;
}
