import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import { AppCache, EVERYTHING } from '../../src/platform/cache/app-cache.js';
import { Coherence } from '../../src/platform/coherence/coherence.js';
import { PgListener } from '../../src/platform/database/listener.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { TestClock } from '../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { startPlumbing } from '../support/plumbing.js';
import { redisBinary, startRedis, type TestRedis } from '../support/redis.js';

const LONG = 3_600;

/** Two processes over one database, and over one Redis where there is one. */
class Bench {
  readonly clock = new TestClock();
  redis: TestRedis | undefined;
  private started: INestApplicationContext[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly owner: pg.Pool,
  ) {}

  static async open(withRedis: boolean): Promise<Bench> {
    const database = await createTestDatabase();
    const bench = new Bench(database, new pg.Pool({ connectionString: database.superuserUrl, max: 1 }));
    if (withRedis) bench.redis = await startRedis();
    for (let i = 0; i < 2; i += 1) bench.started.push(await bench.start());
    await bench.settled();
    return bench;
  }

  async close(): Promise<void> {
    for (const process of this.started) await process.close();
    await this.redis?.remove();
    await this.owner.end();
    await this.database.drop();
  }

  process(index: 0 | 1): INestApplicationContext {
    const process = this.started[index];
    if (process === undefined) throw new Error('The process has not been started.');
    return process;
  }

  cache(index: 0 | 1): AppCache {
    return this.process(index).get(AppCache);
  }

  /** Waits until both processes may trust their cache. */
  async settled(): Promise<void> {
    const state = this.redis === undefined ? 'memory' : 'up';
    await eventually(() => {
      for (const process of this.started) {
        expect(process.get(AppCache).state).toBe(state);
        expect(process.get(PgListener).ready).toBe(true);
        expect(process.get(Coherence).known).toBe(true);
        expect(process.get(Coherence).alone).toBe(false);
      }
    });
  }

  async reads(index: 0 | 1): Promise<Record<string, number>> {
    const { figures } = await this.process(index).get(Metrics).summary();
    return figures;
  }

  private start(): Promise<INestApplicationContext> {
    const settings = { WORKER: 'false', ...(this.redis ? { REDIS_URL: this.redis.url } : {}) };
    return startPlumbing(this.database, { clock: this.clock, settings });
  }
}

/** A source that tells how often it was read, and can be made to wait. */
function source(first: string) {
  const state = { value: first, reads: 0 };
  const read = async (): Promise<string> => {
    state.reads += 1;
    return state.value;
  };
  return { state, read };
}

function contract(bench: () => Bench): void {
  it('fills once and serves everybody from then on, in every process that shares it', async () => {
    const { state, read } = source('one');
    const cache = bench().cache(0);
    const wrap = (): Promise<string> => cache.wrap('a', LONG, ['t'], read);
    expect(await Promise.all([wrap(), wrap(), wrap()])).toEqual(['one', 'one', 'one']);
    expect(await wrap()).toBe('one');
    expect(state.reads).toBe(1);
    if (bench().redis !== undefined) {
      expect(await bench().cache(1).wrap('a', LONG, ['t'], read)).toBe('one');
      expect(state.reads).toBe(1);
    }
  });

  it('gives Buffers back byte by byte', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 34, 92]);
    const read = (): Promise<Buffer> => Promise.resolve(bytes);
    await bench().cache(0).wrap('bytes', LONG, [], read);
    const again = await bench()
      .cache(0)
      .wrap('bytes', LONG, [], () => Promise.reject(new Error('not cached')));
    expect(Buffer.isBuffer(again)).toBe(true);
    expect(bytes.equals(again)).toBe(true);
  });

  it('serves nothing longer than it may', async () => {
    const { state, read } = source('one');
    const cache = bench().cache(0);
    await cache.wrap('ttl', 60, [], read);
    bench().clock.advance(59_000);
    await cache.wrap('ttl', 60, [], read);
    expect(state.reads).toBe(1);
    bench().clock.advance(1_001);
    await cache.wrap('ttl', 60, [], read);
    expect(state.reads).toBe(2);
  });

  it('ends every value with an invalidated tag, and no other', async () => {
    const [red, blue] = [source('red'), source('blue')];
    const cache = bench().cache(0);
    const both = async (): Promise<void> => {
      await cache.wrap('red', LONG, ['red', 'colour'], red.read);
      await cache.wrap('blue', LONG, ['blue', 'colour'], blue.read);
    };
    await both();
    await cache.invalidate(['red']);
    await both();
    expect([red.state.reads, blue.state.reads]).toEqual([2, 1]);
    await cache.invalidate(['colour']);
    await both();
    expect([red.state.reads, blue.state.reads]).toEqual([3, 2]);
    await cache.invalidate([EVERYTHING]);
    await both();
    expect([red.state.reads, blue.state.reads]).toEqual([4, 3]);
  });

  it('ends values in other processes too', async () => {
    const { state, read } = source('old');
    const wrap = (): Promise<string> => bench().cache(1).wrap('shared', LONG, ['shared'], read);
    await wrap();
    state.value = 'new';
    await bench().cache(0).invalidate(['shared']);
    await eventually(async () => expect(await wrap()).toBe('new'));
  });

  it.each([300, 3_000])('tells other processes about %i tags at once', async (count) => {
    const last = `${'a tag with a long name '.repeat(4)}${count - 1}`;
    const { state, read } = source('old');
    const wrap = (): Promise<string> => bench().cache(1).wrap(`many:${count}`, LONG, [last], read);
    await wrap();
    state.value = 'new';
    const tags = Array.from({ length: count }, (_, i) => `${'a tag with a long name '.repeat(4)}${i}`);
    await bench().cache(0).invalidate(tags);
    await eventually(async () => expect(await wrap()).toBe('new'));
  });

  it('does not keep what a fill read before an invalidation, nor lets later callers share it', async () => {
    const cache = bench().cache(0);
    let release = (_: string): void => undefined;
    let slow: Promise<string> | undefined;
    await new Promise<void>((filling) => {
      slow = cache.wrap('race', LONG, ['race'], () => {
        filling();
        return new Promise((resolve) => {
          release = resolve;
        });
      });
    });
    await cache.invalidate(['race']);
    expect(await cache.wrap('race', LONG, ['race'], async () => 'new')).toBe('new');
    release('old');
    expect(await slow).toBe('old');
    expect(await cache.wrap('race', LONG, ['race'], async () => 'newer')).not.toBe('old');
  });

  it('keeps nothing that was read inside a transaction', async () => {
    const { state, read } = source('uncommitted');
    const { cache, uow } = { cache: bench().cache(0), uow: bench().process(0).get(UnitOfWork) };
    await uow.run(() => cache.wrap('tx', LONG, [], read));
    await cache.wrap('tx', LONG, [], read);
    expect(state.reads).toBe(2);
  });

  it('hands the failure of a fill to whoever asked, and keeps nothing of it', async () => {
    const cache = bench().cache(0);
    await expect(cache.wrap('failing', LONG, [], () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.wrap('failing', LONG, [], async () => 'back')).toBe('back');
  });

  it('counts hits and misses', async () => {
    const before = await bench().reads(0);
    const cache = bench().cache(0);
    for (let i = 0; i < 3; i += 1) await cache.wrap('counted', LONG, [], async () => 'x');
    const after = await bench().reads(0);
    const grown = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
    expect([grown('cache_reads_total.hit'), grown('cache_reads_total.miss')]).toEqual([2, 1]);
  });
}

describe('cache in memory', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open(false);
  });
  afterAll(() => bench.close());

  contract(() => bench);

  it('serves nothing while it may miss what other processes say, and starts empty afterwards', async () => {
    const { state, read } = source('old');
    const wrap = (): Promise<string> => bench.cache(1).wrap('cut', LONG, ['cut'], read);
    await wrap();
    const listener = bench.process(1).get(PgListener);
    const lost = new Promise<void>((resolve) => listener.onLost(resolve));
    await bench.owner.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tradepost listener' AND datname = current_database()",
    );
    await lost;
    state.value = 'new';
    expect(await wrap()).toBe('new');
    await bench.settled();
    state.value = 'newer';
    expect(await wrap()).toBe('newer');
    state.value = 'newest';
    expect(await wrap()).toBe('newer');
  });
});

const describeRedis = redisBinary === undefined ? describe.skip : describe;

describeRedis(`cache in Redis${redisBinary === undefined ? ' (skipped: no redis-server on the PATH)' : ''}`, () => {
  let bench: Bench;
  let redis: TestRedis;
  beforeAll(async () => {
    bench = await Bench.open(true);
    if (bench.redis === undefined) throw new Error('Redis was not started.');
    redis = bench.redis;
  });
  afterAll(() => bench.close());

  contract(() => bench);

  it('fills again what was flushed', async () => {
    const { state, read } = source('one');
    const wrap = (): Promise<string> => bench.cache(0).wrap('flushed', LONG, ['flushed'], read);
    await wrap();
    await redis.run('FLUSHALL');
    expect(await wrap()).toBe('one');
    expect(await wrap()).toBe('one');
    expect(state.reads).toBe(2);
  });

  it('answers from the source while Redis hangs, and soon without asking it', async () => {
    const { state, read } = source('one');
    const wrap = (): Promise<string> => bench.cache(0).wrap('hangs', LONG, ['hangs'], read);
    await wrap();
    redis.freeze();
    try {
      state.value = 'two';
      for (let i = 0; i < 4; i += 1) expect(await wrap()).toBe('two');
      expect(bench.cache(0).state).toBe('down');
    } finally {
      redis.thaw();
    }
    await eventually(async () => {
      await wrap();
      expect(bench.cache(0).state).toBe('up');
    });
  });

  it('brings an invalidation home that was made while Redis was away', async () => {
    const { state, read } = source('old');
    const wrap = (index: 0 | 1): Promise<string> => bench.cache(index).wrap('away', LONG, ['away'], read);
    await wrap(0);
    redis.freeze();
    try {
      state.value = 'new';
      await bench.cache(0).invalidate(['away']);
    } finally {
      redis.thaw();
    }
    expect(await wrap(0)).toBe('new');
    await eventually(async () => expect(await wrap(1)).toBe('new'));
    await bench.settled();
  });

  it('is not misled by a Redis that refuses to write', async () => {
    const { state, read } = source('old');
    const wrap = (index: 0 | 1): Promise<string> => bench.cache(index).wrap('readonly', LONG, ['readonly'], read);
    await wrap(0);
    await redis.run('CONFIG SET min-replicas-to-write 1');
    try {
      state.value = 'new';
      await bench.cache(0).invalidate(['readonly']);
      expect(await wrap(0)).toBe('new');
      await eventually(async () => expect(await wrap(1)).toBe('new'));
    } finally {
      await redis.run('CONFIG SET min-replicas-to-write 0');
    }
    await eventually(async () => {
      await Promise.all([wrap(0), wrap(1)]);
      await bench.settled();
    });
  });

  it('trusts nothing of a Redis that comes back with an old state', async () => {
    const { state, read } = source('old');
    const wrap = (index: 0 | 1): Promise<string> => bench.cache(index).wrap('rewound', LONG, ['rewound'], read);
    await wrap(0);
    await redis.run('SAVE');
    state.value = 'new';
    await bench.cache(0).invalidate(['rewound']);
    expect(await wrap(1)).toBe('new');
    await redis.kill();
    expect(await wrap(0)).toBe('new');
    await redis.start();
    await eventually(async () => {
      await Promise.all([wrap(0), wrap(1)]);
      expect([bench.cache(0).state, bench.cache(1).state]).toEqual(['up', 'up']);
    });
    expect(await wrap(0)).toBe('new');
    expect(await wrap(1)).toBe('new');
  });
});
