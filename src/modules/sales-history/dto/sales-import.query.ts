import { BoolQuery, TextField } from '../../../platform/fields/fields.js';

/** What is asked for beside the file. */
export class SalesImportQuery {
  @BoolQuery({ description: 'Check every row and tell what would become of it, but keep nothing.' })
  dryRun = false;

  @BoolQuery({
    description:
      'Take what was sold from the stock, now. A sale that a product has not enough for is refused with all its rows.',
  })
  moveStock = false;

  @TextField({
    optional: true,
    max: 8_000,
    description:
      'What our columns are called in the file, as JSON or as pairs; columns that it does not name are left out.',
    example:
      '{"number":"InvoiceNo","sku":"StockCode","quantity":"Quantity","unitPrice":"UnitPrice","placedAt":"InvoiceDate"}',
  })
  map?: string;
}
