import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../database/base.repository.js';
import { statement } from '../database/statement.js';

export const TEST_CLOCK_CHANNEL = 'tradepost_test_clock';

const READ = statement('test-clock.read', 'SELECT offset_ms FROM test_clock');
/** Gives the offset as it stands, and keeps others from changing it until the transaction ends. */
const HOLD = statement(
  'test-clock.hold',
  `INSERT INTO test_clock (id, offset_ms) VALUES (1, 0)
   ON CONFLICT (id) DO UPDATE SET offset_ms = test_clock.offset_ms RETURNING offset_ms`,
);
const SET = statement('test-clock.set', 'UPDATE test_clock SET offset_ms = $1::bigint');
const TELL = statement('test-clock.tell', `SELECT pg_notify('${TEST_CLOCK_CHANNEL}', '')`);

interface OffsetRow {
  readonly offset_ms: bigint;
}

/** Keeps how far time was moved, for every process on the database. */
@Injectable()
export class TestClockRepository extends BaseRepository {
  /** Milliseconds. */
  async read(): Promise<number> {
    return Number((await this.first<OffsetRow>(READ, []))?.offset_ms ?? 0n);
  }

  async hold(): Promise<number> {
    return Number((await this.first<OffsetRow>(HOLD, []))?.offset_ms ?? 0n);
  }

  /** Others hear of it when the transaction has committed. */
  async set(offsetMs: number): Promise<void> {
    await this.affect(SET, [offsetMs]);
    await this.first(TELL, []);
  }
}
