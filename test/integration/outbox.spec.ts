import type { INestApplicationContext } from '@nestjs/common';
import type pg from 'pg';
import { newId } from '../../src/common/ids.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { CloudEvent } from '../../src/platform/outbox/cloud-event.js';
import type { EventConsumers } from '../../src/platform/outbox/event-consumers.js';
import { Outbox } from '../../src/platform/outbox/outbox.js';
import { OutboxRepository } from '../../src/platform/outbox/outbox.repository.js';
import { OutboxSignal } from '../../src/platform/outbox/outbox-signal.js';
import { TestClock } from '../support/clock.js';
import { createTestDatabase, openPool, type TestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { startPlumbing } from '../support/plumbing.js';

const DAY_MS = 86_400_000;

describe('outbox', () => {
  const clock = new TestClock();
  let database: TestDatabase;
  let owner: pg.Pool;
  let worker: INestApplicationContext;
  /** A second process, that writes events and relays none. */
  let server: INestApplicationContext;
  /** What was heard of by the batch. */
  const counted: string[] = [];
  /** Decides, by the text of an event, whether its handler fails. */
  let fails: (text: string) => boolean = () => false;

  /** The effect of a handler is a row; it fails, if it shall, after having written it. */
  async function handle(process: () => INestApplicationContext, event: CloudEvent): Promise<void> {
    await process()
      .get(Database)
      .runText('INSERT INTO effects (subject, text) VALUES ($1, $2)', [event.subject, event.data.text]);
    if (fails(String(event.data.text))) throw new Error('The consumer fails.');
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = openPool(database.ownerUrl, 3);
    await owner.query('CREATE TABLE effects (position bigserial, subject uuid NOT NULL, text text NOT NULL)');
    await owner.query('GRANT INSERT ON effects TO PUBLIC');
    await owner.query('GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO PUBLIC');
    // All processes of a shop have the same consumers, wherever the relay runs.
    const consumersOf = (process: () => INestApplicationContext) => (consumers: EventConsumers) => {
      consumers.register({ name: 'test.effects', types: ['thing.done'], handle: (event) => handle(process, event) });
      consumers.registerBatch({
        name: 'test.counts',
        wants: (type) => type === 'thing.counted',
        handle: async (subjects) => void counted.push(...subjects),
      });
    };
    worker = await startPlumbing(database, { clock, consumers: consumersOf(() => worker) });
    server = await startPlumbing(database, {
      clock,
      settings: { WORKER: 'false' },
      consumers: consumersOf(() => server),
    });
  });

  afterEach(() => {
    fails = () => false;
  });

  afterAll(async () => {
    await server.close();
    await worker.close();
    await owner.end();
    await database.drop();
  });

  const append = (from: INestApplicationContext, aggregateId: string, ...texts: string[]): Promise<void> =>
    from.get(UnitOfWork).run(async () => {
      for (const text of texts) await from.get(Outbox).append({ type: 'thing.done', aggregateId, data: { text } });
    });
  const effectsOf = async (subject: string): Promise<string[]> => {
    const { rows } = await owner.query('SELECT text FROM effects WHERE subject = $1 ORDER BY position', [subject]);
    return rows.map(({ text }) => text);
  };
  const unpublished = async (): Promise<number> => {
    const { rows } = await owner.query('SELECT count(*)::int AS n FROM outbox_events WHERE published_at IS NULL');
    return rows[0].n;
  };

  it('refuses an event outside a transaction', async () => {
    const outbox = server.get(Outbox);
    await expect(outbox.append({ type: 'thing.done', aggregateId: newId(), data: {} })).rejects.toThrow(
      /outside a transaction/,
    );
  });

  it('keeps no event of a transaction that was rolled back', async () => {
    const subject = newId();
    const work = server.get(UnitOfWork).run(async () => {
      await server.get(Outbox).append({ type: 'thing.done', aggregateId: subject, data: { text: 'never' } });
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    const { rowCount } = await owner.query('SELECT 1 FROM outbox_events WHERE aggregate_id = $1', [subject]);
    expect(rowCount).toBe(0);
  });

  it.each([
    ['the process that relays', () => worker],
    ['another process', () => server],
  ])('takes events that %s wrote to their consumer, in order', async (_, from) => {
    const subject = newId();
    await append(from(), subject, 'one', 'two', 'three');
    await eventually(async () => expect(await effectsOf(subject)).toEqual(['one', 'two', 'three']));
    await eventually(async () => expect(await unpublished()).toBe(0));
  });

  it('hurries for those who want each event, and for nobody else', async () => {
    const subject = newId();
    const raise = jest.spyOn(server.get(OutboxSignal), 'raise');
    const count = { type: 'thing.counted', aggregateId: subject, data: {} };
    await server.get(UnitOfWork).run(() => server.get(Outbox).append(count));
    expect(raise).not.toHaveBeenCalled();
    await eventually(async () => expect(counted).toContain(subject));
    await append(server, subject, 'soon');
    expect(raise).toHaveBeenCalledTimes(1);
    await eventually(async () => expect(await effectsOf(subject)).toEqual(['soon']));
    raise.mockRestore();
  });

  it('inserts the row that a statement of its own takes', async () => {
    const subject = newId();
    const outbox = server.get(Outbox);
    const row = outbox.rowOf({ type: 'thing.done', aggregateId: subject, data: { text: 'by hand' } });
    await server
      .get(Database)
      .runText('INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at) VALUES ($1, $2, $3, $4, $5)', [
        row.id,
        row.type,
        row.aggregateId,
        row.data,
        row.occurredAt,
      ]);
    outbox.wake(row.type);
    await eventually(async () => expect(await effectsOf(subject)).toEqual(['by hand']));
  });

  it('has each effect once when the relay dies between the handler and the mark', async () => {
    const subject = newId();
    await owner.query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF new.published_at IS NOT NULL THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN new; END $$`);
    await owner.query('CREATE TRIGGER die BEFORE UPDATE ON outbox_events FOR EACH ROW EXECUTE FUNCTION die()');
    await append(worker, subject, 'once', 'twice');
    await eventually(async () => expect(await effectsOf(subject)).toEqual(['once', 'twice']));
    expect(await unpublished()).toBe(2);
    await owner.query('DROP FUNCTION die() CASCADE');
    await eventually(async () => expect(await unpublished()).toBe(0));
    expect(await effectsOf(subject)).toEqual(['once', 'twice']);
  });

  it('tries a failed event again, behind which only its own aggregate waits', async () => {
    const [failing, other] = [newId(), newId()];
    fails = (text) => text === 'second';
    await append(worker, failing, 'first', 'second', 'third');
    await eventually(async () => {
      const { rows } = await owner.query(
        'SELECT attempts FROM outbox_events WHERE attempts > 0 AND published_at IS NULL',
      );
      expect(rows).toEqual([{ attempts: 1 }]);
    });
    await append(worker, other, 'alone');
    await eventually(async () => expect(await effectsOf(other)).toEqual(['alone']));
    // What the failed handler had written is gone, and the third event still waits behind the second.
    expect(await effectsOf(failing)).toEqual(['first']);
    fails = () => false;
    clock.advance(2_000);
    await eventually(async () => expect(await effectsOf(failing)).toEqual(['first', 'second', 'third']));
    await eventually(async () => expect(await unpublished()).toBe(0));
  });

  it('does not skip an event that was committed late with a lower position', async () => {
    const [late, early] = [newId(), newId()];
    const client = await owner.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
         VALUES ($1, 'thing.done', $2, '{"text":"late"}', now())`,
        [newId(), late],
      );
      await append(worker, early, 'early');
      await eventually(async () => expect(await effectsOf(early)).toEqual(['early']));
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await eventually(async () => expect(await effectsOf(late)).toEqual(['late']));
  });

  it('drains thousands of events that nobody wants without a note for each', async () => {
    await owner.query(
      `INSERT INTO outbox_events (id, type, aggregate_id, data, occurred_at)
       SELECT gen_random_uuid(), 'thing.ignored', gen_random_uuid(), '{}', now() FROM generate_series(1, 5000)`,
    );
    server.get(Outbox).wake();
    await eventually(async () => expect(await unpublished()).toBe(0));
    const { rows } = await owner.query(
      `SELECT count(*)::int AS n FROM consumed_events c JOIN outbox_events e ON e.id = c.event_id WHERE e.type = 'thing.ignored'`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('tells how many events wait', async () => {
    fails = () => true;
    await append(worker, newId(), 'waiting', 'behind it');
    const backlog = await worker.get(OutboxRepository).backlog(new Date(clock.now().getTime() + 60_000));
    expect(backlog.events).toBe(2);
    expect(backlog.oldestSeconds).toBeGreaterThanOrEqual(60);
    fails = () => false;
    clock.advance(2_000);
    await eventually(async () => expect(await unpublished()).toBe(0));
  });

  it('sweeps what was published or consumed before a moment, and nothing that still waits', async () => {
    await eventually(async () => expect(await unpublished()).toBe(0));
    fails = () => true;
    const waiting = newId();
    await append(worker, waiting, 'waiting');
    await eventually(async () => {
      const { rows } = await owner.query('SELECT attempts FROM outbox_events WHERE aggregate_id = $1', [waiting]);
      expect(rows[0].attempts).toBeGreaterThan(0);
    });
    const events = worker.get(OutboxRepository);
    const past = new Date(clock.now().getTime() - DAY_MS);
    expect(await events.sweepEvents(past)).toBe(0);
    expect(await events.sweepConsumed(past)).toBe(0);
    const future = new Date(clock.now().getTime() + DAY_MS);
    while ((await events.sweepEvents(future)) > 0);
    while ((await events.sweepConsumed(future)) > 0);
    const { rows } = await owner.query(
      `SELECT (SELECT array_agg(aggregate_id::text) FROM outbox_events WHERE type = 'thing.done') AS events,
              (SELECT count(*)::int FROM consumed_events) AS consumed`,
    );
    expect(rows).toEqual([{ events: [waiting], consumed: 0 }]);
  });
});
