import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { sweep } from '../../platform/jobs/sweep.js';
import { ExpiredCartsRepository } from './expired-carts.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Removes carts that nobody has changed for `GUEST_CART_DAYS` or, of customers, `CUSTOMER_CART_DAYS`. */
@Injectable()
export class CartExpiry implements OnModuleInit {
  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    private readonly carts: ExpiredCartsRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.register({ name: 'carts.expire', everyMs: HOUR_MS, run: (signal) => this.run(signal) });
  }

  private async run(signal: AbortSignal): Promise<void> {
    const now = this.clock.now().getTime();
    const before = {
      guests: new Date(now - this.config.GUEST_CART_DAYS * DAY_MS),
      customers: new Date(now - this.config.CUSTOMER_CART_DAYS * DAY_MS),
    };
    let after: string | undefined;
    await sweep(signal, async () => {
      after = await this.uow.run(() => this.carts.removePage(after, before));
      return after === undefined ? 0 : 1;
    });
  }
}
