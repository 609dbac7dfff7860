import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { IdempotentRequest, StoredAnswer } from './idempotency.js';
import { IdempotencyRepository } from './idempotency.repository.js';

/** Does what may be asked for again under the same key once, in one transaction with the record of its answer. */
@Injectable()
export class OncePerKey {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly uow: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @param answerOf what is kept with the key
   * @returns what the work gave, or the first answer
   * @throws {IdempotencyKeyReused | IdempotencyInProgress}
   */
  async run<T>(
    request: IdempotentRequest,
    work: () => Promise<T>,
    answerOf: (value: T) => StoredAnswer,
  ): Promise<T | StoredAnswer> {
    return (await this.records.find(request)) ?? this.begin(request, work, answerOf);
  }

  /** The same for a key that nobody is expected to have used: it is not looked up before the transaction. */
  begin<T>(
    request: IdempotentRequest,
    work: () => Promise<T>,
    answerOf: (value: T) => StoredAnswer,
  ): Promise<T | StoredAnswer> {
    return this.uow.run(async () => {
      const first = await this.records.claim(request, this.clock.now());
      if (first !== undefined) return first;
      const value = await work();
      await this.records.record(request, answerOf(value));
      return value;
    });
  }
}
