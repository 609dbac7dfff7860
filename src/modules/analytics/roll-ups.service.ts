import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { type BatchConsumer, EventConsumers } from '../../platform/outbox/event-consumers.js';
import { SALE_PLACED } from '../sales/sales.events.js';
import { RollUpsRepository } from './roll-ups.repository.js';

/** How long changes gather before they are summed up: the more at once, the less each costs. */
const EVERY_MS = 30_000;
/** Marks that one transaction takes. */
const MARKS = 4_000;

/**
 * Keeps the sums of sales: an event marks its sale as changed, and a job brings what is marked up to date. Until then
 * answers take the change from the sale itself, so that they are exact at any moment.
 */
@Injectable()
export class RollUps implements BatchConsumer, OnModuleInit {
  readonly name = 'analytics';

  constructor(
    private readonly sums: RollUpsRepository,
    private readonly uow: UnitOfWork,
    private readonly consumers: EventConsumers,
    private readonly jobs: JobRegistry,
  ) {}

  onModuleInit(): void {
    this.consumers.registerBatch(this);
    this.jobs.register({ name: 'analytics.roll-up', everyMs: EVERY_MS, run: (signal) => this.catchUp(signal) });
  }

  /** A sale that was only placed is in no sums. */
  wants(type: string): boolean {
    return type.startsWith('sale.') && type !== SALE_PLACED;
  }

  handle(saleIds: readonly string[]): Promise<void> {
    return this.sums.mark(saleIds);
  }

  /** Sums up what waits, until nothing does or the signal comes; tells of each step how many sales it was about. */
  async catchUp(signal?: AbortSignal, told: (sales: number) => void = () => undefined): Promise<void> {
    while (signal?.aborted !== true) {
      if ((await this.sums.waiting()) === 0) break;
      told(await this.uow.run(() => this.sums.rollUp(MARKS)));
    }
    if (signal?.aborted !== true) await this.uow.run(() => this.sums.refillCategories());
  }

  /** Sums up as many as one transaction takes, where so many wait: what is summed up in small steps costs more. */
  async sumUpMany(): Promise<void> {
    if ((await this.sums.waiting()) >= MARKS) await this.uow.run(() => this.sums.rollUp(MARKS));
  }

  /** Makes all sums anew. Answers stay exact meanwhile, and are slower. */
  async rebuild(told?: (sales: number) => void): Promise<void> {
    await this.uow.run(() => this.sums.forget());
    await this.catchUp(undefined, told);
  }
}
