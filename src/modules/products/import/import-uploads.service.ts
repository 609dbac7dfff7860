import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { InvalidInput } from '../../../common/domain-error.js';
import { newId } from '../../../common/ids.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { compressed, joined } from '../../../platform/files/file-bytes.js';
import { UnreadableFile } from '../../../platform/files/unreadable-file.js';
import { idempotentRequest, type StoredAnswer } from '../../../platform/http/idempotency.js';
import type { Upload } from '../../../platform/http/streamed-body.js';
import { currentOrigin } from '../../../platform/security/request-context.js';
import type { ImportResponse } from './dto/import.response.js';
import { ImportTooLarge } from './import.errors.js';
import { ImportJobsRepository } from './import-jobs.repository.js';
import type { ImportKind } from './import-kind.js';
import { ImportKinds } from './import-kinds.service.js';
import { ImportQueue } from './import-queue.service.js';

/** What is asked for beside the file. */
export interface ImportRequest {
  readonly dryRun: boolean;
  /** Of sales: whether they take what they sold from the stock. */
  readonly moveStock?: boolean | undefined;
  /** JSON, or `sku=theirs,…`. */
  readonly map?: string | undefined;
}

/** What a file holds, and where it was sent. */
export interface ImportTarget {
  readonly kind: ImportKind;
  readonly path: string;
}

export const CATALOGUE: ImportTarget = { kind: 'catalogue', path: '/api/products/import' };

/** Takes files in: each is a job, on its way to whichever process runs them, before it is answered. */
@Injectable()
export class ImportUploadsService {
  private readonly logger = new Logger(ImportUploadsService.name);

  constructor(
    private readonly jobs: ImportJobsRepository,
    private readonly queue: ImportQueue,
    private readonly kinds: ImportKinds,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Keeps a file while it arrives, and queues its import.
   * @param key the Idempotency-Key of the request; what is compared is what was sent, byte by byte
   * @throws {ImportTooLarge} {@link InvalidInput} {@link IdempotencyKeyReused}
   */
  async receive(
    { kind, path }: ImportTarget,
    upload: Upload,
    request: ImportRequest,
    key: string | undefined,
  ): Promise<ImportResponse | StoredAnswer> {
    const map = this.mapOf(kind, request.map);
    const caller = currentOrigin();
    // Checked before anything is read: what is wrong with the key is wrong at once.
    const keyed = (body: unknown) => idempotentRequest(key, caller.actorId ?? undefined, 'POST', path, body);
    keyed(null);
    if ((upload.length ?? 0) > this.config.IMPORT_MAX_BYTES) throw new ImportTooLarge(this.config.IMPORT_MAX_BYTES);
    const id = newId();
    const format = upload.mediaType === 'text/csv' ? 'csv' : 'ndjson';
    const { actor, actorId, requestId } = caller;
    const { dryRun, moveStock = false } = request;
    const job = { id, kind, format, map, dryRun, moveStock, actor, actorId, requestId } as const;
    await this.jobs.open(job, this.clock.now());
    try {
      const digest = await this.keepFile(id, upload);
      // What was not asked for is left out, so that keys of before are known again.
      const body = { format, map, dryRun, ...(moveStock ? { moveStock } : {}), digest };
      return await this.queue.add(id, keyed(body));
    } finally {
      // A file that was not queued is nobody's; should this fail too, a sweep takes it away.
      await this.jobs.discard(id).catch((err: unknown) => this.logger.warn({ err }, 'An upload was left behind.'));
    }
  }

  /** Gives the SHA-256 of what was sent. */
  private async keepFile(id: string, upload: Upload): Promise<string> {
    const hash = createHash('sha256');
    let number = 0;
    const bytes = this.watched(upload, (piece) => hash.update(piece));
    for await (const chunk of joined(compressed(bytes, upload.gzip))) {
      if (!(await this.jobs.addChunk(id, number, chunk, this.clock.now()))) {
        throw new Error('An upload was swept away while it arrived.');
      }
      number += 1;
    }
    if (number === 0) throw InvalidInput.field('body', 'is empty');
    return hash.digest('hex');
  }

  private async *watched(upload: Upload, see: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
    const { IMPORT_MAX_BYTES: most } = this.config;
    let length = 0;
    for await (const bytes of upload.bytes) {
      length += bytes.length;
      if (length > most) throw new ImportTooLarge(most);
      see(bytes);
      yield bytes;
    }
  }

  private mapOf(kind: ImportKind, text: string | undefined): object | null {
    if (text === undefined) return null;
    try {
      return this.kinds.of(kind).parseMap(text);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      throw InvalidInput.field('map', error.message);
    }
  }
}
