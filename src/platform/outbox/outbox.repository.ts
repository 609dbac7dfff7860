import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../database/base.repository.js';
import { statement } from '../database/statement.js';
import type { KeptEvent } from './cloud-event.js';

/** Column values of a new event, for a statement that inserts it beside its cause. */
export interface OutboxRow {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
  /** JSON text. */
  readonly data: string;
  readonly occurredAt: Date;
}

/** An event that waits to be relayed. */
export interface PendingEvent extends KeptEvent {
  /** Deliveries that have failed so far. */
  readonly attempts: number;
}

export interface FailedDelivery {
  readonly id: string;
  readonly retryAt: Date;
}

export interface Backlog {
  readonly events: number;
  readonly oldestSeconds: number;
}

interface PendingRow {
  readonly id: string;
  readonly type: string;
  readonly aggregate_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurred_at: Date;
  readonly attempts: number;
}

const APPEND = statement(
  'outbox.append',
  'INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at) VALUES ($1, $2, $3, $4::jsonb, $5)',
);
const APPEND_ALL = statement(
  'outbox.append_all',
  `INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
   SELECT id, type, aggregate_id, data, occurred_at
   FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::jsonb[], $5::timestamptz[])
     WITH ORDINALITY AS e (id, type, aggregate_id, data, occurred_at, place)
   ORDER BY place`,
);
// Not a mark of the last position decides what is pending but each row itself: a transaction that took a low position
// may commit after others with higher ones.
const PENDING = statement(
  'outbox.pending',
  `WITH held AS MATERIALIZED (
     SELECT aggregate_id, min(position) AS position FROM outbox_events
     WHERE published_at IS NULL AND retry_at > $1 GROUP BY aggregate_id)
   SELECT id, type, aggregate_id, data, occurred_at, attempts FROM outbox_events e
   WHERE published_at IS NULL
     AND NOT EXISTS (SELECT FROM held h WHERE h.aggregate_id = e.aggregate_id AND h.position <= e.position)
   ORDER BY position LIMIT $2`,
);
const CLAIM = statement(
  'outbox.claim',
  'INSERT INTO consumed_events (consumer, event_id, consumed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
);
const PUBLISHED = statement(
  'outbox.published',
  'UPDATE outbox_events SET published_at = $1, retry_at = NULL WHERE id = ANY ($2::uuid[]) AND published_at IS NULL',
);
const FAILED = statement(
  'outbox.failed',
  `UPDATE outbox_events e SET attempts = e.attempts + 1, retry_at = f.retry_at
   FROM unnest($1::uuid[], $2::timestamptz[]) AS f (id, retry_at) WHERE e.id = f.id AND e.published_at IS NULL`,
);
const BACKLOG = statement(
  'outbox.backlog',
  `SELECT count(*)::int AS events, coalesce(extract(epoch FROM $1::timestamptz - min(occurred_at)), 0)::float8 AS oldest
   FROM (SELECT occurred_at FROM outbox_events WHERE published_at IS NULL ORDER BY position LIMIT 100000) AS waiting`,
);
// Ids are UUIDv7, so their order is that of time, and the primary key finds the old ones.
const SWEEP_EVENTS = statement(
  'outbox.sweep_events',
  `DELETE FROM outbox_events WHERE id IN (
     SELECT id FROM outbox_events WHERE id < $1 AND published_at < $2 ORDER BY id LIMIT 1000)`,
);
// What has consumed an event that still waits, for another consumer, must be remembered however old it is.
const SWEEP_CONSUMED = statement(
  'outbox.sweep_consumed',
  `DELETE FROM consumed_events WHERE (consumer, event_id) IN (
     SELECT consumer, event_id FROM consumed_events c
     WHERE consumed_at < $1
       AND NOT EXISTS (SELECT FROM outbox_events e WHERE e.id = c.event_id AND e.published_at IS NULL)
     ORDER BY consumed_at LIMIT 1000)`,
);
const NOTIFY = statement('outbox.notify', "SELECT pg_notify('tradepost_outbox', '')");

/** The least UUIDv7 (RFC 9562, section 5.7) of a moment. */
function leastIdAt(moment: Date): string {
  const time = Math.max(moment.getTime(), 0).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** Events on their way, and the memory of who has had their effect. */
@Injectable()
export class OutboxRepository extends BaseRepository {
  async append(row: OutboxRow): Promise<void> {
    await this.affect(APPEND, [row.id, row.type, row.aggregateId, row.data, row.occurredAt]);
  }

  async appendAll(rows: readonly OutboxRow[]): Promise<void> {
    const column = <K extends keyof OutboxRow>(key: K): OutboxRow[K][] => rows.map((row) => row[key]);
    const values = [column('id'), column('type'), column('aggregateId'), column('data'), column('occurredAt')];
    await this.affect(APPEND_ALL, values);
  }

  /**
   * The first events in order of writing that may be delivered now. Events behind one of the same aggregate that
   * waits for its retry are not among them.
   */
  async pending(now: Date, limit: number): Promise<PendingEvent[]> {
    const rows = await this.rows<PendingRow>(PENDING, [now, limit]);
    return rows.map((row) => ({
      id: row.id,
      type: row.type,
      aggregateId: row.aggregate_id,
      data: row.data,
      occurredAt: row.occurred_at,
      attempts: row.attempts,
    }));
  }

  /** Notes in this transaction that a consumer has an event; false where it had it before. */
  async claim(consumer: string, eventId: string, now: Date): Promise<boolean> {
    return (await this.affect(CLAIM, [consumer, eventId, now])) === 1;
  }

  async markPublished(ids: readonly string[], now: Date): Promise<void> {
    if (ids.length > 0) await this.affect(PUBLISHED, [now, ids]);
  }

  async markFailed(failures: readonly FailedDelivery[]): Promise<void> {
    if (failures.length === 0) return;
    await this.affect(FAILED, [failures.map(({ id }) => id), failures.map(({ retryAt }) => retryAt)]);
  }

  /** How many events wait, counted up to 100,000, and for how long the first has. */
  async backlog(now: Date): Promise<Backlog> {
    const row = await this.first<{ events: number; oldest: number }>(BACKLOG, [now]);
    return { events: row?.events ?? 0, oldestSeconds: Math.max(row?.oldest ?? 0, 0) };
  }

  /** Deletes up to 1,000 events that were published before a moment; tells how many. */
  sweepEvents(before: Date): Promise<number> {
    return this.affect(SWEEP_EVENTS, [leastIdAt(before), before]);
  }

  /** Deletes up to 1,000 notes of consumers from before a moment; tells how many. */
  sweepConsumed(before: Date): Promise<number> {
    return this.affect(SWEEP_CONSUMED, [before]);
  }

  /** Tells the relay, wherever it runs, that events wait. */
  async notify(): Promise<void> {
    await this.affect(NOTIFY);
  }
}
