import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A parcel of a sale. */
@Entity('sale_shipments')
@Index('sale_shipments_sale_idx', ['saleId', 'id'])
export class SaleShipment {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_shipments_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('Sale', { name: 'sale_shipments_sale_fkey' })
  saleId!: string;

  @Column('text', { nullable: true })
  carrier!: string | null;

  @Column('text', { nullable: true })
  trackingNumber!: string | null;

  /** What staff say to the buyer. */
  @Column('text', { nullable: true })
  note!: string | null;

  /** The id of the member of staff. */
  @Column('text')
  actor!: string;

  @Column('timestamptz')
  shippedAt!: Date;
}

/** Pieces of a line of the sale that are in a parcel. */
@Entity('sale_shipment_items')
@Check('sale_shipment_items_quantity_positive', 'quantity > 0')
@Index('sale_shipment_items_sale_item_idx', ['saleId', 'lineNo'])
@ForeignKey('SaleItem', ['saleId', 'lineNo'], ['saleId', 'lineNo'], { name: 'sale_shipment_items_sale_item_fkey' })
export class SaleShipmentItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sale_shipment_items_pkey' })
  @ForeignKey('SaleShipment', { name: 'sale_shipment_items_shipment_fkey' })
  shipmentId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'sale_shipment_items_pkey' })
  lineNo!: number;

  @Column('uuid')
  saleId!: string;

  @Column('integer')
  quantity!: number;
}
