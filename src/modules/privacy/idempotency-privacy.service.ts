import { Injectable } from '@nestjs/common';
import type { PersonalData } from '../../common/personal-data.js';
import { IdempotencyRepository } from '../../platform/http/idempotency.repository.js';

/** Answers that are kept under Idempotency-Keys: copies, with addresses in them, of what others give out. */
@Injectable()
export class IdempotencyPrivacy implements PersonalData {
  readonly section = 'idempotencyKeys';

  constructor(private readonly records: IdempotencyRepository) {}

  exportOf(userId: string): Promise<string[]> {
    return this.records.keysOf(userId);
  }

  erase(userId: string): Promise<void> {
    return this.records.forget(userId);
  }
}
