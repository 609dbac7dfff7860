import { PassThrough } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { frugally } from '../../../common/heap-growth.js';
import { TOO_LATE, within } from '../../../common/within.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { ImportFormat } from '../import/row-batches.js';
import { CatalogueExportRepository } from './catalogue-export.repository.js';
import { headerOf, placesOfCategories, toRow } from './export-rows.js';

/** Each holds a connection of the pool for as long as its client reads. */
const AT_ONCE = 2;
const BATCH_ROWS = 1_000;
/** A client that takes nothing for so long is left, and its connection to the database taken back. */
const PATIENCE_MS = 60_000;
const RETRY_AFTER_SECONDS = 10;
const NIL_ID = '00000000-0000-0000-0000-000000000000';

/** As many exports as are made at once are under way. */
export class ExportBusy extends DomainError {
  constructor() {
    const message = 'Other exports are under way; try again when they are done.';
    super('unavailable', 'export_busy', message, [], { retryAfter: RETRY_AFTER_SECONDS });
  }
}

/** Writes the whole catalogue, as it is at one moment, in the format that an import reads. */
@Injectable()
export class CatalogueExportService {
  private running = 0;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly catalogue: CatalogueExportRepository,
  ) {}

  /**
   * Begins an export; what fails later breaks the stream off.
   * @throws {ExportBusy}
   */
  async open(format: ImportFormat): Promise<AsyncIterable<Buffer>> {
    if (this.running >= AT_ONCE) throw new ExportBusy();
    this.running += 1;
    const out = new PassThrough();
    const begun = new Promise<void>((resolve, reject) => {
      const written = this.uow.outside(() => frugally(() => this.snapshot(out, format, resolve)));
      written
        .then(
          () => out.end(),
          (error: Error) => {
            reject(error);
            out.destroy(error);
          },
        )
        .finally(() => {
          this.running -= 1;
        })
        .catch(() => undefined);
    });
    out.on('error', () => undefined);
    await begun;
    return out;
  }

  private snapshot(out: PassThrough, format: ImportFormat, begun: () => void): Promise<void> {
    let started = false;
    return this.uow.run(async () => {
      if (started) throw new Error('An export cannot begin again behind what it has sent.');
      await this.catalogue.begin(PATIENCE_MS);
      const places = placesOfCategories(await this.catalogue.categories());
      let products = await this.catalogue.products(NIL_ID, BATCH_ROWS);
      started = true;
      begun();
      await send(out, headerOf(format));
      for (let last = products.at(-1); last !== undefined && !out.destroyed; last = products.at(-1)) {
        await send(
          out,
          products.map((product) => toRow(format, product, places.get(product.category_id ?? ''))).join(''),
        );
        products = products.length < BATCH_ROWS ? [] : await this.catalogue.products(last.id, BATCH_ROWS);
      }
    }, 'REPEATABLE READ');
  }
}

/** Writes at the pace of who reads. */
async function send(out: PassThrough, text: string): Promise<void> {
  if (out.destroyed || text === '' || out.write(text)) return;
  const ready = new Promise<void>((resolve) => {
    out.once('drain', resolve).once('close', resolve);
  });
  if ((await within(PATIENCE_MS - 5_000, ready)) === TOO_LATE)
    throw new Error('The reader of an export has gone silent.');
}
