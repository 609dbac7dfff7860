import { BoolQuery, EnumField, TextField } from '../../../../platform/fields/fields.js';
import { PageQuery } from '../../../../platform/fields/paging.fields.js';
import type { ImportRequest } from '../import-uploads.service.js';

/** What is asked for beside the file. */
export class ImportQuery implements ImportRequest {
  @BoolQuery({ description: 'Check every row and tell what would become of it, but keep nothing.' })
  dryRun = false;

  @TextField({
    optional: true,
    max: 8_000,
    description:
      'What our columns are called in the file, as JSON or as pairs; columns that it does not name are left out. ' +
      'Attributes may be gathered from columns: `{"sku":"id","name":"title","price":"cost","attributes":{"colour":"hue"}}`.',
    example: 'sku=StockCode,name=Description,price=UnitPrice',
  })
  map?: string;
}

/** Which part of a report, and how it is written. */
export class ImportErrorsQuery extends PageQuery {
  @EnumField('ImportErrorsFormat', ['json', 'csv'], {
    optional: true,
    description: '`csv`, or `Accept: text/csv`, gives the whole report as a file.',
  })
  format?: 'json' | 'csv';
}

/** How the catalogue is written. */
export class ExportQuery {
  @EnumField('ExportFormat', ['csv', 'ndjson'], { optional: true, description: 'csv without it.' })
  format?: 'csv' | 'ndjson';
}
