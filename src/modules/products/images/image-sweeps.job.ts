import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { JobRegistry } from '../../../platform/jobs/job-registry.js';
import { sweep } from '../../../platform/jobs/sweep.js';
import { MediaStore } from '../../../platform/media/media-store.js';
import { StoredImagesRepository } from './stored-images.repository.js';

const HOUR_MS = 3_600_000;

/** Deletes the images that no product has shown for a while. */
@Injectable()
export class ImageSweeps implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    private readonly uow: UnitOfWork,
    private readonly images: StoredImagesRepository,
    private readonly store: MediaStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.register({ name: 'product-images.sweep', everyMs: HOUR_MS, run: (signal) => this.sweep(signal) });
  }

  private async sweep(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - this.config.MEDIA_ORPHAN_HOURS * HOUR_MS);
    await this.images.mark(now);
    await sweep(signal, () => this.deleteOne(before));
    await this.store.tidy(before);
  }

  /**
   * The files go inside the transaction that holds the image: who uploads it again at that moment waits, and then finds
   * that it has to store it anew. A transaction that fails leaves files that are missing, which the next run forgets.
   */
  private deleteOne(before: Date): Promise<number> {
    return this.uow.run(async () => {
      const id = await this.images.holdOrphan(before);
      if (id === undefined) return 0;
      await this.store.delete(id);
      await this.images.forget(id);
      return 1;
    });
  }
}
