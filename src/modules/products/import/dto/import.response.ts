import { ApiProperty } from '@nestjs/swagger';
import {
  BoolField,
  DateTimeField,
  EnumField,
  IntField,
  TextField,
  UuidField,
} from '../../../../platform/fields/fields.js';
import { pageOf } from '../../../../platform/fields/paging.fields.js';
import type { ImportRow, ProblemRow } from '../import-jobs.repository.js';

const STATUSES = ['queued', 'running', 'completed', 'failed'] as const;
export type ImportStatus = (typeof STATUSES)[number];

const rows = (description: string) => IntField({ description });

/** Why an import failed. */
export class ImportFailureResponse {
  @TextField({
    example: 'unreadable_file',
    description:
      '`unreadable_file`, `too_many_rows`, `file_too_large`, `cancelled`, or `gave_up` after repeated defects.',
  })
  code!: string;

  @IntField({ nullable: true, description: 'Line of the file, from 1; rows before it are in.' })
  line!: number | null;

  @TextField({ example: 'The file ends inside quotes that were opened here' })
  message!: string;
}

/** An import of the catalogue, and how far it has got. */
export class ImportResponse {
  @UuidField()
  id!: string;

  @EnumField('ImportStatus', STATUSES)
  status!: ImportStatus;

  @EnumField('ImportFormat', ['csv', 'ndjson'])
  format!: string;

  @BoolField({ description: 'Whether nothing is kept of it but this report.' })
  dryRun!: boolean;

  @rows('Rows that are done with: created, updated, unchanged and refused ones.')
  processed!: number;

  @rows('Products that were made.')
  created!: number;

  @rows('Products that were changed.')
  updated!: number;

  @rows('Rows that say what is there already.')
  unchanged!: number;

  @rows('Rows that were not taken; `/errors` says why.')
  refused!: number;

  @rows('Categories that were made.')
  categories!: number;

  @IntField({ nullable: true, description: 'Rows of the file; known at its end.' })
  total!: number | null;

  @rows('Bytes of the file as it is kept, which is compressed.')
  totalBytes!: number;

  @rows('How many of them are read.')
  readBytes!: number;

  @ApiProperty({ type: ImportFailureResponse, nullable: true })
  failure!: ImportFailureResponse | null;

  @UuidField({ nullable: true, description: 'The user or API key that asked for it; null once they are erased.' })
  actorId!: string | null;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField({ nullable: true })
  startedAt!: string | null;

  @DateTimeField({ nullable: true })
  finishedAt!: string | null;
}

export const ImportPage = pageOf(ImportResponse, 'ImportPage');

/** One thing that is wrong with a row; a row may have several. */
export class ImportErrorResponse {
  @IntField({ description: 'Line of the file that the row starts on, from 1.' })
  line!: number;

  @TextField({ min: 0, example: 'price', description: 'Empty where it is about the whole row.' })
  column!: string;

  @TextField({ example: 'invalid' })
  code!: string;

  @TextField({ max: 1_000, example: 'must be an amount of USD, not "free"' })
  reason!: string;
}

export const ImportErrorPage = pageOf(ImportErrorResponse, 'ImportErrorPage');

export function toImport(row: ImportRow): ImportResponse {
  const { failure_code: code, failure_line: line, failure_message: message } = row;
  return {
    id: row.id,
    // An upload that has not arrived is shown to nobody.
    status: row.status === 'receiving' ? 'queued' : row.status,
    format: row.format,
    dryRun: row.dry_run,
    processed: row.processed,
    created: row.created,
    updated: row.updated,
    unchanged: row.unchanged,
    refused: row.refused,
    categories: row.categories,
    total: row.status === 'completed' ? row.processed : null,
    totalBytes: Number(row.total_bytes),
    readBytes: Number(row.read_bytes),
    failure: code === null ? null : { code, line, message: message ?? '' },
    actorId: row.actor_id,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

export function toImportError({ line, column_name: column, code, reason }: ProblemRow): ImportErrorResponse {
  return { line, column, code, reason };
}
