import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { statement } from '../../../platform/database/statement.js';
import type { StoredImportStatus } from './catalogue-import.entity.js';
import { ImportSuperseded } from './import.errors.js';
import type { ImportKind } from './import-kind.js';
import type { BatchStep, RefusedRow } from './import-report.js';
import type { ImportFormat } from './row-batches.js';

/** What is asked for, and by whom. */
export interface NewImport {
  readonly id: string;
  readonly kind: ImportKind;
  readonly format: ImportFormat;
  readonly map: object | null;
  readonly dryRun: boolean;
  readonly moveStock: boolean;
  readonly actor: string;
  readonly actorId: string | null;
  readonly requestId: string | null;
}

export interface ImportRow {
  readonly id: string;
  readonly kind: ImportKind;
  readonly status: StoredImportStatus;
  readonly format: ImportFormat;
  readonly map: object | null;
  readonly dry_run: boolean;
  readonly move_stock: boolean;
  readonly actor: 'user' | 'api_key' | 'system';
  readonly actor_id: string | null;
  readonly request_id: string | null;
  readonly total_bytes: bigint;
  readonly read_bytes: bigint;
  readonly line: number;
  readonly processed: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly categories: number;
  readonly problems: number;
  readonly failure_code: string | null;
  readonly failure_line: number | null;
  readonly failure_message: string | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export interface ProblemRow {
  readonly number: number;
  readonly line: number;
  readonly column_name: string;
  readonly code: string;
  readonly reason: string;
}

/** Why an import came to nothing, or to less than its whole file. */
export interface ImportFailure {
  readonly code: string;
  readonly line: number | null;
  readonly message: string;
}

const COLUMNS = `id, kind, status, format, map, dry_run, move_stock, actor, actor_id, request_id, total_bytes, read_bytes, line,
  processed, created, updated, unchanged, refused, categories, problems, failure_code, failure_line, failure_message, attempts,
  created_at, started_at, finished_at`;

const OPEN = statement(
  'imports.open',
  `INSERT INTO catalogue_imports (id, status, format, map, dry_run, actor, actor_id, request_id, total_bytes, read_bytes,
     line, processed, created, updated, unchanged, refused, categories, problems, attempts, created_at, touched_at, kind,
     move_stock)
   VALUES ($1, 'receiving', $2, $3::jsonb, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $8, $8, $9, $10)`,
);
const ADD_CHUNK = statement(
  'imports.addChunk',
  `WITH touched AS (
     UPDATE catalogue_imports SET touched_at = $4, total_bytes = total_bytes + octet_length($3::bytea)
     WHERE id = $1 AND status = 'receiving' RETURNING id
   )
   INSERT INTO catalogue_import_chunks (import_id, number, bytes) SELECT id, $2::integer, $3::bytea FROM touched`,
);
const DISCARD = statement('imports.discard', `DELETE FROM catalogue_imports WHERE id = $1 AND status = 'receiving'`);
const QUEUE = statement(
  'imports.queue',
  `UPDATE catalogue_imports SET status = 'queued', touched_at = $2 WHERE id = $1 AND status = 'receiving'
   RETURNING ${COLUMNS}`,
);
/** Only one process at a time runs jobs; whatever is running has lost the process that ran it. */
const CLAIM = statement(
  'imports.claim',
  `UPDATE catalogue_imports SET status = 'running', runner = $1, attempts = attempts + 1, touched_at = $2,
     started_at = coalesce(started_at, $2)
   WHERE id = (
     SELECT id FROM catalogue_imports WHERE status IN ('queued', 'running') ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
   ) RETURNING ${COLUMNS}`,
);
const RESTART = statement(
  'imports.restart',
  `WITH forgotten AS (DELETE FROM catalogue_import_errors WHERE import_id = $1)
   UPDATE catalogue_imports SET read_bytes = 0, line = 0, processed = 0, created = 0, updated = 0, unchanged = 0,
     refused = 0, categories = 0, problems = 0
   WHERE id = $1 AND runner = $2 AND status = 'running'`,
);
const CHUNK = statement(
  'imports.chunk',
  'SELECT bytes FROM catalogue_import_chunks WHERE import_id = $1 AND number = $2',
);
/**
 * The batch is committed without waiting for the disk. Should the server lose it, it loses this with it, and the import
 * goes on from the batch before; its end, and whatever builds on a batch, is waited for, and so is all that came before.
 */
const KEEP = statement(
  'imports.keep',
  `UPDATE catalogue_imports SET touched_at = $3, read_bytes = $4, line = $5, processed = processed + $6,
     created = created + $7, updated = updated + $8, unchanged = unchanged + $9, refused = refused + $10,
     categories = categories + $11, problems = problems + $12, attempts = 0
   WHERE id = $1 AND runner = $2 AND status = 'running'
   RETURNING problems, set_config('synchronous_commit', 'off', true)`,
);
const ADD_PROBLEMS = statement(
  'imports.addProblems',
  `INSERT INTO catalogue_import_errors (import_id, number, line, column_name, code, reason)
   SELECT $1::uuid, $2::integer + place, line, column_name, code, reason
   FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[])
     WITH ORDINALITY AS p (line, column_name, code, reason, place)`,
);
const FINISH = statement(
  'imports.finish',
  `WITH spent AS (DELETE FROM catalogue_import_chunks WHERE import_id = $1)
   UPDATE catalogue_imports SET status = $3, failure_code = $4, failure_line = $5, failure_message = $6,
     read_bytes = CASE WHEN $3 = 'completed' THEN total_bytes ELSE read_bytes END,
     finished_at = $7, touched_at = $7, runner = NULL
   WHERE id = $1 AND runner = $2 AND status = 'running' RETURNING ${COLUMNS}`,
);
const CANCEL = statement(
  'imports.cancel',
  `WITH ended AS (
     UPDATE catalogue_imports SET status = 'failed', failure_code = 'cancelled',
       failure_message = 'The import was cancelled.', finished_at = $2, touched_at = $2, runner = NULL
     WHERE id = $1 AND status IN ('queued', 'running') RETURNING ${COLUMNS}
   ), spent AS (
     DELETE FROM catalogue_import_chunks WHERE import_id IN (SELECT id FROM ended)
   ) SELECT * FROM ended`,
);
const SHOWN = `status <> 'receiving'`;
const BY_ID = statement('imports.byId', `SELECT ${COLUMNS} FROM catalogue_imports WHERE id = $1 AND ${SHOWN}`);
const LIST = statement(
  'imports.list',
  `SELECT ${COLUMNS} FROM catalogue_imports WHERE ${SHOWN} AND ($3::uuid IS NULL OR id < $3)
   ORDER BY id DESC LIMIT $1 OFFSET $2`,
);
const COUNT = statement('imports.count', `SELECT count(*)::int AS total FROM catalogue_imports WHERE ${SHOWN}`);
const PROBLEMS = statement(
  'imports.problems',
  `SELECT number, line, column_name, code, reason FROM catalogue_import_errors
   WHERE import_id = $1 AND number > $4 ORDER BY number LIMIT $2 OFFSET $3`,
);
const OF_ACTOR = statement(
  'imports.ofActor',
  `SELECT ${COLUMNS} FROM catalogue_imports WHERE actor_id = $1 ORDER BY id`,
);
/** An import under way needs to know whose it is; it is asked again when it has ended. */
const FORGET_ACTOR = statement(
  'imports.forgetActor',
  `UPDATE catalogue_imports SET actor = 'system', actor_id = NULL, request_id = NULL WHERE actor_id = $1`,
);
const SWEEP_UPLOADS = statement(
  'imports.sweepUploads',
  `DELETE FROM catalogue_imports WHERE status = 'receiving' AND touched_at < $1`,
);
const SWEEP = statement(
  'imports.sweep',
  `DELETE FROM catalogue_imports WHERE id IN (
     SELECT id FROM catalogue_imports WHERE status IN ('completed', 'failed') AND finished_at < $1 LIMIT 10)`,
);

/** Imports that were asked for over the API: a queue, and what became of each. */
@Injectable()
export class ImportJobsRepository extends BaseRepository {
  /** Begins to receive a file; nobody sees it yet. */
  async open(job: NewImport, now: Date): Promise<void> {
    const { id, kind, format, map, dryRun, moveStock, actor, actorId, requestId } = job;
    const json = map === null ? null : JSON.stringify(map);
    await this.affect(OPEN, [id, format, json, dryRun, actor, actorId, requestId, now, kind, moveStock]);
  }

  /** Keeps the next piece of a file; false where it was taken for abandoned meanwhile. */
  async addChunk(id: string, number: number, bytes: Buffer, now: Date): Promise<boolean> {
    return (await this.affect(ADD_CHUNK, [id, number, bytes, now])) === 1;
  }

  /** Forgets a file that did not arrive whole. */
  async discard(id: string): Promise<void> {
    await this.affect(DISCARD, [id]);
  }

  /** The file is there: it waits for its turn. */
  queue(id: string, now: Date): Promise<ImportRow | undefined> {
    return this.first<ImportRow>(QUEUE, [id, now]);
  }

  /** Takes the oldest import that has not ended, for a run of that id. */
  claim(runner: string, now: Date): Promise<ImportRow | undefined> {
    return this.first<ImportRow>(CLAIM, [runner, now]);
  }

  /** A dry run that was cut short leaves nothing to go on from. */
  async restart(id: string, runner: string): Promise<void> {
    await this.affect(RESTART, [id, runner]);
  }

  /** A piece of the file, from 0; undefined after the last. */
  async chunk(id: string, number: number): Promise<Buffer | undefined> {
    return (await this.first<{ bytes: Buffer }>(CHUNK, [id, number]))?.bytes;
  }

  /**
   * Writes down a batch, in its transaction.
   * @throws {ImportSuperseded} where the run no longer has the import
   */
  async keep(id: string, runner: string, step: BatchStep, readBytes: bigint, now: Date): Promise<void> {
    const { line, processed, created, updated, unchanged, refused, categories, problems } = step;
    const counts = [processed, created, updated, unchanged, refused, categories, problems.length];
    const row = await this.first<{ problems: number }>(KEEP, [id, runner, now, readBytes, line, ...counts]);
    if (row === undefined) throw new ImportSuperseded();
    if (problems.length > 0) await this.addProblems(id, row.problems - problems.length, problems);
  }

  /** Ends a run; undefined where it no longer has the import. */
  finish(id: string, runner: string, failure: ImportFailure | undefined, now: Date): Promise<ImportRow | undefined> {
    const { code, line, message } = failure ?? { code: null, line: null, message: null };
    const status = failure === undefined ? 'completed' : 'failed';
    return this.first<ImportRow>(FINISH, [id, runner, status, code, line, message, now]);
  }

  /** Ends an import before its time; undefined where it has ended or is not there. */
  cancel(id: string, now: Date): Promise<ImportRow | undefined> {
    return this.first<ImportRow>(CANCEL, [id, now]);
  }

  find(id: string): Promise<ImportRow | undefined> {
    return this.first<ImportRow>(BY_ID, [id]);
  }

  /** Newest first; after `beforeId`, or after skipping `offset`. */
  list(limit: number, offset: number, beforeId: string | undefined): Promise<ImportRow[]> {
    return this.rows<ImportRow>(LIST, [limit, offset, beforeId ?? null]);
  }

  async count(): Promise<number> {
    return (await this.first<{ total: number }>(COUNT))?.total ?? 0;
  }

  /** What was refused, in the order of the file; after the entry `after`, or after skipping `offset`. */
  problems(id: string, limit: number, offset: number, after: number): Promise<ProblemRow[]> {
    return this.rows<ProblemRow>(PROBLEMS, [id, limit, offset, after]);
  }

  ofActor(actorId: string): Promise<ImportRow[]> {
    return this.rows<ImportRow>(OF_ACTOR, [actorId]);
  }

  async forgetActor(actorId: string): Promise<void> {
    await this.affect(FORGET_ACTOR, [actorId]);
  }

  /** Deletes files that stopped arriving before a moment. */
  async sweepUploads(before: Date): Promise<void> {
    await this.affect(SWEEP_UPLOADS, [before]);
  }

  /** Deletes up to 10 imports that ended before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }

  private async addProblems(id: string, before: number, problems: readonly RefusedRow[]): Promise<void> {
    const column = <K extends keyof RefusedRow>(key: K): RefusedRow[K][] => problems.map((problem) => problem[key]);
    await this.affect(ADD_PROBLEMS, [id, before, column('line'), column('column'), column('code'), column('reason')]);
  }
}
