import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids.js';
import { BaseRepository } from '../../../platform/database/base.repository.js';
import { ReturnNotFound } from '../sales.errors.js';
import type { ReturnDecision, ReturnStatus } from './return-lifecycle.js';
import type { ReturnRow } from './return-mapper.js';
import {
  ADD,
  COUNT,
  DECIDE,
  ERASE,
  FIND,
  LET_GO,
  LIST,
  LIST_OF_USER,
  RECEIVE_ALL,
  RETURNABLE,
} from './returns.statements.js';

/** A line of a sale: pieces sold, of these asked back or returned, and of these received. */
export interface ReturnableLine {
  readonly lineNo: number;
  readonly productId: string;
  readonly quantity: number;
  readonly returnedUnits: number;
  readonly receivedUnits: number;
}

interface LineRow {
  readonly line_no: number;
  readonly product_id: string;
  readonly quantity: number;
  readonly returned_units: number;
  readonly received_units: number;
}

/** Which returns a list shows, newest first. */
export interface ReturnsFilter {
  readonly saleId?: string | undefined;
  readonly status?: ReturnStatus | undefined;
}

/** Returns of what was delivered. Writes happen while their sale is held. */
@Injectable()
export class ReturnsRepository extends BaseRepository {
  async lines(saleId: string): Promise<ReturnableLine[]> {
    return (await this.rows<LineRow & Record<string, unknown>>(RETURNABLE, [saleId])).map((row) => ({
      lineNo: row.line_no,
      productId: row.product_id,
      quantity: row.quantity,
      returnedUnits: row.returned_units,
      receivedUnits: row.received_units,
    }));
  }

  /**
   * Takes down what a buyer wants to send back.
   * @param units pieces by the number of their line
   */
  async add(saleId: string, units: ReadonlyMap<number, number>, reason: string, now: Date): Promise<string> {
    const id = newId();
    await this.affect(ADD, [id, saleId, reason, now, [...units.keys()], [...units.values()]]);
    return id;
  }

  /** Notes what became of a return; the note stays as it is where there is none. */
  async decide(
    id: string,
    decision: {
      readonly status: ReturnDecision;
      readonly note?: string | undefined;
      readonly refundId?: string | undefined;
    },
    now: Date,
  ): Promise<void> {
    const { status, note = null, refundId = null } = decision;
    await this.affect(DECIDE, [id, status, note, refundId, now]);
    if (status === 'refused') await this.affect(LET_GO, [id]);
  }

  /** The whole sale came back, whether or not anybody had asked. */
  async receiveAll(saleId: string, now: Date): Promise<void> {
    await this.affect(RECEIVE_ALL, [saleId, now]);
  }

  /** @throws {ReturnNotFound} */
  async get(id: string): Promise<ReturnRow> {
    const row = await this.first<ReturnRow & Record<string, unknown>>(FIND, [id]);
    if (row === undefined) throw new ReturnNotFound();
    return row;
  }

  list(filter: ReturnsFilter, limit: number, offset: number, beforeId: string | null): Promise<ReturnRow[]> {
    const values = [filter.saleId ?? null, filter.status ?? null, beforeId, limit, offset];
    return this.rows<ReturnRow & Record<string, unknown>>(LIST, values);
  }

  async count(filter: ReturnsFilter): Promise<number> {
    const row = await this.first<{ count: number }>(COUNT, [filter.saleId ?? null, filter.status ?? null]);
    return row?.count ?? 0;
  }

  /** All of a customer, oldest first. */
  listOfUser(userId: string): Promise<ReturnRow[]> {
    return this.rows<ReturnRow & Record<string, unknown>>(LIST_OF_USER, [userId]);
  }

  /** Takes away what a customer has written, and what was written to them. */
  async erase(userId: string): Promise<void> {
    await this.affect(ERASE, [userId]);
  }
}
