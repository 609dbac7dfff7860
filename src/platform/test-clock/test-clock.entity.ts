import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How far the time of a shop in development was moved: one row, or none where it never was. */
@Entity('test_clock')
@Check('test_clock_one_row', 'id = 1')
export class TestClockOffset {
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'test_clock_pkey' })
  id!: number;

  @Column('bigint')
  offsetMs!: bigint;
}
