import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** What a category of goods is taxed at in a country or a region of it. */
@Entity('tax_rates')
@Unique('tax_rates_place_unique', ['country', 'regionKey', 'category'])
@Check('tax_rates_rate_range', 'rate BETWEEN 0 AND 1000000')
export class TaxRateEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'tax_rates_pkey' })
  id!: string;

  @Column('char', { length: 2 })
  country!: string;

  @Column('text', { nullable: true })
  region!: string | null;

  /** The region as it is compared; empty for the whole country. */
  @Column('text')
  regionKey!: string;

  @Column('text')
  category!: string;

  /** In millionths. */
  @Column('integer')
  rate!: number;

  @Column('text')
  name!: string;

  @Column('integer')
  version!: number;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}
