import type { ShipmentResponse, TrackedShipment } from '../dto/shipment.dto.js';
import { trackingUrl } from './tracking-url.js';

/** A shipment as it is read from its tables. */
export interface ShipmentRow {
  readonly id: string;
  readonly sale_id: string;
  readonly carrier: string | null;
  readonly tracking_number: string | null;
  readonly note: string | null;
  readonly actor: string;
  readonly shipped_at: Date;
  readonly items: readonly {
    readonly productId: string;
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
  }[];
}

/** A shipment as the buyer sees it. */
export function toTrackedShipment(row: ShipmentRow): TrackedShipment {
  return {
    id: row.id,
    carrier: row.carrier,
    trackingNumber: row.tracking_number,
    trackingUrl: trackingUrl(row.carrier, row.tracking_number),
    note: row.note,
    items: row.items.map(({ productId, sku, name, quantity }) => ({ productId, sku, name, quantity })),
    shippedAt: row.shipped_at.toISOString(),
  };
}

/** A shipment as staff see it. */
export function toShipment(row: ShipmentRow): ShipmentResponse {
  return { ...toTrackedShipment(row), saleId: row.sale_id, actor: row.actor };
}
