import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { InvoiceKind } from './invoice-row.js';

/** The last number given out per kind and year. Its row lock is what makes numbers gapless. */
@Entity('invoice_counters')
@Check('invoice_counters_not_negative', 'last >= 0')
export class InvoiceCounter {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'invoice_counters_pkey' })
  kind!: InvoiceKind;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'invoice_counters_pkey' })
  year!: number;

  @Column('integer')
  last!: number;
}
