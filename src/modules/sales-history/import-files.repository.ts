import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';

/** Where the import of a file stands. */
export interface ImportFile {
  readonly import_id: string;
  readonly line: number;
}

const TAKE = statement(
  'sale-import-files.take',
  `INSERT INTO sale_import_files (digest, import_id, runner, line, touched_at) VALUES ($1, $2, $3, 0, $4)
   ON CONFLICT (digest) DO UPDATE SET runner = EXCLUDED.runner, touched_at = EXCLUDED.touched_at
   RETURNING import_id, line`,
);
/**
 * The commit of a batch does not wait for the disk: a server that dies may lose the last batches, and with each where the
 * import stood, so that it goes on before them. What ends an import waits, and everything before is on the disk then.
 */
const KEEP = statement(
  'sale-import-files.keep',
  `UPDATE sale_import_files SET line = $3, touched_at = $4 WHERE digest = $1 AND runner = $2
   RETURNING set_config('synchronous_commit', 'off', true)`,
);
const DONE = statement('sale-import-files.done', 'DELETE FROM sale_import_files WHERE digest = $1 AND runner = $2');

/** Files whose import was begun by a command, until it ends. */
@Injectable()
export class ImportFilesRepository extends BaseRepository {
  /** Begins to import a file, or takes it over where it was begun. */
  async take(digest: Buffer, importId: string, runner: string, now: Date): Promise<ImportFile> {
    const row = await this.first<ImportFile & Record<string, unknown>>(TAKE, [digest, importId, runner, now]);
    return row ?? { import_id: importId, line: 0 };
  }

  /** Writes down how far it is, with its batch; false where another run has taken it over. */
  async keep(digest: Buffer, runner: string, line: number, now: Date): Promise<boolean> {
    return (await this.affect(KEEP, [digest, runner, line, now])) === 1;
  }

  /** It is imported to its end, or as far as it can be read. */
  async done(digest: Buffer, runner: string): Promise<void> {
    await this.affect(DONE, [digest, runner]);
  }
}
