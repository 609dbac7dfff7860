import type { INestApplicationContext } from '@nestjs/common';
import fc from 'fast-check';
import type pg from 'pg';
import { AppCache, type Cached } from '../../src/platform/cache/app-cache.js';
import { Coherence } from '../../src/platform/coherence/coherence.js';
import { ReplicaSession } from '../../src/platform/coherence/replica-session.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { TestClock } from '../support/clock.js';
import { createTestDatabase, openPool, type TestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { startPlumbing } from '../support/plumbing.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';
import { runs } from '../support/runs.js';

const LONG = 3_600;

/** Cells of a table whose changes are noted as those of the shop's tables are. */
const CELLS = [
  'CREATE TABLE cells (name text PRIMARY KEY, value integer NOT NULL)',
  `CREATE FUNCTION note_cells() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO tag_changes (xid, tag) VALUES (pg_current_xact_id(), 'cells:' || NEW.name);
     RETURN NULL;
   END $$`,
  'CREATE TRIGGER cells_note AFTER UPDATE ON cells FOR EACH ROW EXECUTE FUNCTION note_cells()',
];

/** Two processes over one database, and over one Redis where there is one. */
class Bench {
  readonly clock = new TestClock();
  redis: TestRedis | undefined;
  /** Readings of each cell from the database. */
  readonly fills: Record<string, number> = {};
  private started: INestApplicationContext[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly owner: pg.Pool,
  ) {}

  static async open(withRedis: boolean, processes = 2): Promise<Bench> {
    const database = await createTestDatabase();
    const bench = new Bench(database, openPool(database.superuserUrl, 4));
    for (const statement of CELLS) await bench.owner.query(statement);
    if (withRedis) bench.redis = await startRedis();
    for (let i = 0; i < processes; i += 1) bench.started.push(await bench.start());
    await bench.settled();
    return bench;
  }

  async close(): Promise<void> {
    for (const process of this.started) await process.close();
    await this.redis?.remove();
    await this.owner.end();
    await this.database.drop();
  }

  process(index: number): INestApplicationContext {
    const process = this.started[index];
    if (process === undefined) throw new Error('The process has not been started.');
    return process;
  }

  cache(index: number): AppCache {
    return this.process(index).get(AppCache);
  }

  /** Makes a cell that no other test knows. */
  async cell(value = 0): Promise<string> {
    const name = `c${Math.random().toString(36).slice(2)}`;
    await this.owner.query('INSERT INTO cells VALUES ($1, $2)', [name, value]);
    return name;
  }

  /** Reads a cell through the cache of a process. */
  async read(index: number, name: string, tags = [`cells:${name}`], ttl = LONG): Promise<Cached> {
    return this.cache(index).wrap({ key: name, ttl, tags }, async () => {
      this.fills[name] = (this.fills[name] ?? 0) + 1;
      const { rows } = await this.owner.query('SELECT value FROM cells WHERE name = $1', [name]);
      return String(rows[0].value);
    });
  }

  /** Reads several times, and gives the values and what the cache said. */
  async look(index: number, name: string): Promise<string> {
    const { text, cache } = await this.read(index, name);
    return `${text} ${cache}`;
  }

  /** Changes a cell in the name of a process, which tells the others before this returns. */
  async write(index: number, name: string, value: number): Promise<void> {
    await this.owner.query('UPDATE cells SET value = $2 WHERE name = $1', [name, value]);
    await this.cache(index).invalidate([`cells:${name}`]);
  }

  /** Waits until all processes may trust what they keep. */
  async settled(): Promise<void> {
    const state = this.redis === undefined ? 'memory' : 'up';
    await eventually(() => {
      for (const process of this.started) {
        expect(process.get(AppCache).state).toBe(state);
        expect(process.get(ReplicaSession).leased).toBe(true);
        expect(process.get(Coherence).alone).toBe(this.started.length === 1);
        if (this.redis !== undefined) expect(process.get(ReplicaSession).settled).toBe(true);
      }
    });
  }

  async figures(index: number): Promise<Record<string, number>> {
    return (await this.process(index).get(Metrics).summary()).figures;
  }

  private start(): Promise<INestApplicationContext> {
    const settings = { WORKER: 'false', ...(this.redis ? { REDIS_URL: this.redis.url } : {}) };
    return startPlumbing(this.database, { clock: this.clock, settings });
  }
}

function contract(bench: () => Bench): void {
  it('reads once for all who ask, and serves everybody from then on', async () => {
    const name = await bench().cell(1);
    const all = await Promise.all(Array.from({ length: 20 }, () => bench().look(0, name)));
    expect(all).toContain('1 MISS');
    expect(new Set(all.map((seen) => seen.slice(0, 2)))).toEqual(new Set(['1 ']));
    expect(await bench().look(0, name)).toBe('1 HIT');
    // A process that is held up for longer than it may trust Redis reads once more.
    expect(bench().fills[name]).toBeLessThanOrEqual(2);
  });

  it('serves nothing longer than it may, and what was filled together not equally long', async () => {
    const names = await Promise.all(Array.from({ length: 30 }, () => bench().cell(1)));
    const misses = async (): Promise<number> => {
      const found = await Promise.all(names.map((name) => bench().read(0, name, [`cells:${name}`], 1_000)));
      return found.filter(({ cache }) => cache === 'MISS').length;
    };
    await misses();
    bench().clock.advance(899_000);
    expect(await misses()).toBe(0);
    bench().clock.advance(50_000);
    const early = await misses();
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(30);
    bench().clock.advance(1_000_000);
    expect(await misses()).toBe(30);
  });

  it('shows a write to every process from its acknowledgement on, whoever made it', async () => {
    const name = await bench().cell();
    for (let value = 1; value <= 12; value += 1) {
      await Promise.all([bench().read(0, name), bench().read(1, name)]);
      await bench().write(value % 2, name, value);
      const seen = await Promise.all([bench().read(0, name), bench().read(1, name)]);
      expect(seen.map(({ text }) => Number(text))).toEqual([value, value]);
    }
  });

  it('ends what carries the tag of a change, or that of its group, and nothing else', async () => {
    const [red, blue, all] = [await bench().cell(), await bench().cell(), await bench().cell()];
    const reads = async (): Promise<string> => {
      const seen = [
        await bench().read(0, red),
        await bench().read(0, blue),
        await bench().read(0, all, ['other', 'cells']),
      ];
      return seen.map(({ cache }) => cache).join(' ');
    };
    expect(await reads()).toBe('MISS MISS MISS');
    expect(await reads()).toBe('HIT HIT HIT');
    await bench().write(0, red, 1);
    expect(await reads()).toBe('MISS HIT MISS');
    expect(await reads()).toBe('HIT HIT HIT');
  });

  it('goes on serving what was read after a change when that is told once more', async () => {
    const name = await bench().cell();
    await bench().write(0, name, 1);
    expect(await bench().look(0, name)).toBe('1 MISS');
    const session = bench().process(0).get(ReplicaSession);
    for (let i = 0; i < 3; i += 1) expect(await session.validate()).toBe(true);
    expect(await bench().look(0, name)).toBe('1 HIT');
  });

  it('does not keep what a reading began before a change, nor lets later callers wait for it', async () => {
    const name = await bench().cell();
    const plan = { key: `race ${name}`, ttl: LONG, tags: [`cells:${name}`] };
    let release = (_: string): void => undefined;
    let slow: Promise<Cached> | undefined;
    await new Promise<void>((filling) => {
      slow = bench()
        .cache(0)
        .wrap(plan, () => {
          filling();
          return new Promise((resolve) => {
            release = resolve;
          });
        });
    });
    await bench().write(0, name, 1);
    expect(
      (
        await bench()
          .cache(0)
          .wrap(plan, async () => 'new')
      ).text,
    ).toBe('new');
    release('old');
    expect((await slow)?.text).toBe('old');
    for (const index of [0, 1]) {
      expect(
        (
          await bench()
            .cache(index)
            .wrap(plan, async () => 'newer')
        ).text,
      ).not.toBe('old');
    }
  });

  it('keeps nothing that was read inside a transaction', async () => {
    const name = await bench().cell();
    const uow = bench().process(0).get(UnitOfWork);
    await uow.run(() => bench().read(0, name));
    expect(await bench().look(0, name)).toBe('0 MISS');
  });

  it('hands the failure of a reading to whoever asked, and keeps nothing of it', async () => {
    const plan = { key: 'failing', ttl: LONG, tags: ['cells:failing'] };
    const failing = bench()
      .cache(0)
      .wrap(plan, () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    expect(
      (
        await bench()
          .cache(0)
          .wrap(plan, async () => 'back')
      ).text,
    ).toBe('back');
  });

  it('keeps what has no tag until its time is over, whatever changes', async () => {
    const name = await bench().cell();
    const look = async (): Promise<string> => (await bench().read(0, name, [])).cache;
    await look();
    await bench().write(0, name, 1);
    expect(await look()).toBe('HIT');
    bench().clock.advance(LONG * 1_000);
    expect(await look()).toBe('MISS');
  });

  it('notices within a second what was written past it', async () => {
    const name = await bench().cell(1);
    await bench().read(1, name);
    await bench().owner.query('UPDATE cells SET value = 2 WHERE name = $1', [name]);
    await eventually(async () => expect((await bench().read(1, name)).text).toBe('2'));
  });

  it('counts reads and invalidations', async () => {
    const name = await bench().cell();
    const before = await bench().figures(0);
    for (let i = 0; i < 3; i += 1) await bench().read(0, name);
    await bench().write(0, name, 1);
    await bench()
      .process(0)
      .get(UnitOfWork)
      .run(() => bench().read(0, name));
    const after = await bench().figures(0);
    const grown = (figure: string): number => (after[figure] ?? 0) - (before[figure] ?? 0);
    const reads = ['hit_memory', 'miss', 'bypass'].map((result) => grown(`cache_reads_total.${result}`));
    expect([...reads, grown('cache_invalidations_total.cells')]).toEqual([2, 1, 1, 1]);
    expect(after['cache_memory.entries']).toBeGreaterThan(0);
    expect(after['cache_memory.bytes']).toBeGreaterThan(400);
  });

  it('never serves a value from before the last acknowledged write, whatever happens at the same time', async () => {
    const acts = ['read', 'read', 'read', 'write', 'past', 'flush'] as const;
    const act = fc.record({ act: fc.constantFrom(...acts), at: fc.nat(1), cell: fc.nat(1), pause: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60 }), async (steps) => {
        const cells = [await WrittenCell.make(bench()), await WrittenCell.make(bench())];
        const running: Promise<unknown>[] = [];
        for (const { act: what, at, cell, pause } of steps) {
          running.push(what === 'flush' ? flush(bench()) : (cells[cell]?.[what](at) ?? Promise.resolve()));
          for (let i = 0; i < pause; i += 1) await new Promise(setImmediate);
        }
        await Promise.all(running);
      }),
      { numRuns: runs(20) },
    );
  });
}

async function flush({ redis }: Bench): Promise<void> {
  await redis?.run('FLUSHALL');
}

/** A cell that is written often, each time with a higher value, and what was acknowledged of that. */
class WrittenCell {
  private given = 0;
  private acknowledged = 0;
  /** Writes go one after another, as their row lock would have it. */
  private turn: Promise<void> = Promise.resolve();

  private constructor(
    private readonly bench: Bench,
    private readonly name: string,
  ) {}

  static async make(bench: Bench): Promise<WrittenCell> {
    return new WrittenCell(bench, await bench.cell());
  }

  async read(at: number): Promise<void> {
    const least = this.acknowledged;
    expect(Number((await this.bench.read(at, this.name)).text)).toBeGreaterThanOrEqual(least);
  }

  write(at: number): Promise<void> {
    return this.next(async (value) => {
      await this.bench.write(at, this.name, value);
      this.acknowledged = value;
    });
  }

  /** Writes without telling anybody. */
  past(): Promise<void> {
    return this.next(async (value) => {
      await this.bench.owner.query('UPDATE cells SET value = $2 WHERE name = $1', [this.name, value]);
    });
  }

  private next(write: (value: number) => Promise<void>): Promise<void> {
    this.given += 1;
    const value = this.given;
    this.turn = this.turn.then(() => write(value));
    return this.turn;
  }
}

describe('the cache of two processes without Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open(false);
  });
  afterAll(() => bench.close());

  contract(() => bench);

  it('serves nothing while it may miss what other processes say, and starts empty afterwards', async () => {
    const name = await bench.cell(1);
    await bench.read(1, name);
    const session = bench.process(1).get(ReplicaSession);
    await bench.owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tradepost replica' AND datname = current_database()",
    );
    await eventually(() => expect(session.leased).toBe(false));
    await bench.owner.query('UPDATE cells SET value = 2 WHERE name = $1', [name]);
    expect((await bench.read(1, name)).text).toBe('2');
    await bench.settled();
    expect((await bench.read(1, name)).text).toBe('2');
    expect(await bench.look(1, name)).toBe('2 HIT');
  });
});

describe('the cache of a process alone', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open(false, 1);
  });
  afterAll(() => bench.close());

  it('asks nobody for what it has, and the database once after a write of its own', async () => {
    const name = await bench.cell();
    const asked = jest.spyOn(bench.process(0).get(ReplicaSession), 'validate');
    await bench.read(0, name);
    for (let i = 0; i < 20; i += 1) expect(await bench.look(0, name)).toBe('0 HIT');
    expect(asked).toHaveBeenCalledTimes(0);
    await bench.write(0, name, 1);
    const looks = await Promise.all(Array.from({ length: 20 }, () => bench.look(0, name)));
    // Some may come when the first has read it already.
    expect(looks.map((look) => look.replace('HIT', 'MISS'))).toEqual(Array(20).fill('1 MISS'));
    for (let i = 0; i < 20; i += 1) expect(await bench.look(0, name)).toBe('1 HIT');
    expect(bench.fills[name]).toBe(2);
    asked.mockRestore();
  });
});

const describeRedis = redisBinary === undefined ? describe.skip : describe;

describeRedis(`the cache in Redis${redisBinary === undefined ? ' (skipped: no redis-server on the PATH)' : ''}`, () => {
  let bench: Bench;
  let redis: TestRedis;
  beforeAll(async () => {
    bench = await Bench.open(true);
    if (bench.redis === undefined) throw new Error('Redis was not started.');
    redis = bench.redis;
  });
  afterAll(() => bench.close());

  contract(() => bench);

  it('gives a process what another one has read', async () => {
    const name = await bench.cell(1);
    await bench.read(0, name);
    await eventually(async () => expect(await redis.run(`KEYS *${name}*`)).toContain(name));
    const before = await bench.figures(1);
    expect(await bench.look(1, name)).toBe('1 HIT');
    expect(await bench.look(1, name)).toBe('1 HIT');
    const after = await bench.figures(1);
    for (const where of ['redis', 'memory']) {
      const figure = `cache_reads_total.hit_${where}`;
      expect((after[figure] ?? 0) - (before[figure] ?? 0)).toBe(1);
    }
    expect(bench.fills[name]).toBe(1);
  });

  it('takes nothing from Redis that is older than it says, or was put there by somebody else', async () => {
    const name = await bench.cell(1);
    await bench.read(0, name);
    let key = '';
    await eventually(async () => {
      key = (await redis.run(`KEYS *${name}*`)).split('\r\n')[2] ?? '';
      expect(key).toContain(name);
    });
    await redis.run(`COPY ${key} saved`);
    await bench.write(0, name, 2);
    await bench.read(0, name);
    // What a Redis that was set back would say.
    await redis.run(`COPY saved ${key} REPLACE`);
    expect((await bench.read(1, name)).text).toBe('2');
    await bench.write(0, name, 3);
    await redis.run(`SET ${key} "[\\"broken"`);
    expect((await bench.read(1, name)).text).toBe('3');
  });

  it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['hangs', async () => redis.freeze(), async () => redis.thaw()],
    ['was killed, and is back empty', () => redis.kill(), () => redis.start()],
    [
      'refuses to write',
      () => redis.run('CONFIG SET min-replicas-to-write 1'),
      () => redis.run('CONFIG SET min-replicas-to-write 0'),
    ],
  ])('is right while Redis %s, serves from memory, and goes back to it', async (_, breakIt, mendIt) => {
    const name = await bench.cell();
    let value = 0;
    const never = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all([bench.read(0, name), bench.read(1, name)]);
        value += 1;
        await bench.write(round % 2, name, value);
        const seen = await Promise.all([bench.read(0, name), bench.read(1, name)]);
        expect(seen.map(({ text }) => Number(text))).toEqual([value, value]);
      }
    };
    await never(2);
    await breakIt();
    try {
      await never(4);
      await eventually(async () => expect(await bench.look(1, name)).toBe(`${value} HIT`));
    } finally {
      await mendIt();
    }
    await never(4);
    await bench.settled();
    await never(2);
  });
});
