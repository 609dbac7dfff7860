import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { type IdempotentRequest, StoredAnswer } from '../../../platform/http/idempotency.js';
import { IdempotencyRepository } from '../../../platform/http/idempotency.repository.js';
import { OncePerKey } from '../../../platform/http/once-per-key.js';

/**
 * Effects that have a sequel outside their transaction, such as a provider who is asked for money. The key keeps a note
 * of what was begun; whoever repeats the request after a crash goes on from there.
 */
@Injectable()
export class KeyedEffects {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly once: OncePerKey,
    private readonly uow: UnitOfWork,
  ) {}

  /**
   * Runs `work` in one transaction with the record of its key, once.
   * @param work gives the note from which the sequel is known
   * @returns the note, also of a first request whose sequel seems to have died; or the first answer
   */
  async begin(request: IdempotentRequest | undefined, work: () => Promise<string>): Promise<string | StoredAnswer> {
    if (request === undefined) return this.uow.run(work);
    const begun = await this.once.begin(request, work, (note) => StoredAnswer.unfinished(note));
    if (typeof begun === 'string') return begun;
    const answer = await this.records.finished(request, begun);
    return answer.finished ? answer : answer.body;
  }

  /** Keeps the answer, now that the sequel is through. */
  async finish(request: IdempotentRequest | undefined, status: number, answer: object): Promise<void> {
    if (request !== undefined) await this.records.record(request, new StoredAnswer(status, JSON.stringify(answer)));
  }
}
