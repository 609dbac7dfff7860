import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { after } from '../../common/duration.js';
import { PgListener } from '../database/listener.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobRegistry } from '../jobs/job-registry.js';
import { AdjustableClock } from './adjustable-clock.js';
import type { MoveTestClock, TestClockResponse } from './test-clock.dto.js';
import { TEST_CLOCK_CHANNEL, TestClockRepository } from './test-clock.repository.js';

/** Beyond these, parts of the shop could not tell the time: a microsecond of 2256 is no whole number of JavaScript. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
const LATEST = Date.parse('2200-01-01T00:00:00Z');

/**
 * Moves the time of all processes on a database. The process that is asked follows before it answers; the others when
 * PostgreSQL tells them, which takes milliseconds, or as soon as they are connected to it again. Jobs look at once.
 */
@Injectable()
export class TestClockService implements OnModuleInit {
  private readonly logger = new Logger(TestClockService.name);
  private following: Promise<void> = Promise.resolve();

  constructor(
    @Inject(Clock) private readonly clock: AdjustableClock,
    @Inject(TestClockRepository) private readonly offsets: TestClockRepository,
    @Inject(PgListener) private readonly listener: PgListener,
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
  ) {}

  async onModuleInit(): Promise<void> {
    this.listener.on(TEST_CLOCK_CHANNEL, () => void this.follow());
    this.listener.whenListening(() => void this.follow());
    await this.follow();
    this.logger.log('Time can be moved by anyone through /api/test-clock. With NODE_ENV=production it cannot.');
  }

  state(): TestClockResponse {
    return { now: this.clock.now().toISOString(), offsetSeconds: this.clock.offsetMs / 1_000 };
  }

  /** @throws {InvalidInput} where the time would lie outside of what the shop can tell */
  async move(body: MoveTestClock): Promise<TestClockResponse> {
    const given = [body.now, body.advance, body.reset].filter((part) => part !== undefined);
    if (given.length !== 1 || body.reset === false) {
      throw InvalidInput.field('advance', 'give exactly one of now, advance and reset: true');
    }
    await this.uow.run(async () => {
      this.apply(await this.offsets.hold());
      const offset = this.offsetOf(body);
      await this.offsets.set(offset);
      this.uow.afterCommit(() => this.apply(offset));
    });
    return this.state();
  }

  private offsetOf({ now, advance, reset }: MoveTestClock): number {
    if (reset === true) return 0;
    const present = this.clock.now().getTime();
    const target = now === undefined ? moved(present, advance ?? 0) : Date.parse(now);
    if (!(target >= EARLIEST && target < LATEST)) {
      throw InvalidInput.field(now === undefined ? 'advance' : 'now', 'must lead to a time from 2000 to 2199');
    }
    return this.clock.offsetMs + target - present;
  }

  private apply(offset: number): void {
    if (this.clock.set(offset)) this.jobs.hurryAll();
  }

  /** One look after another, so that the last one tells the end. */
  private follow(): Promise<void> {
    this.following = this.following.then(() => this.look());
    return this.following;
  }

  /** Never fails: a schema that is yet to be made knows of no offset. */
  private async look(): Promise<void> {
    try {
      this.apply(await this.offsets.read());
    } catch (error) {
      this.logger.debug({ err: error }, 'How far time was moved could not be read.');
    }
  }
}

function moved(present: number, advance: string | number): number {
  return typeof advance === 'number'
    ? present + Math.round(advance * 1_000)
    : after(new Date(present), advance).getTime();
}
