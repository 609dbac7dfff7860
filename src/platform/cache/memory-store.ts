import type { Keyv } from 'keyv';
import type { Coherence } from '../coherence/coherence.js';
import type { PgListener } from '../database/listener.js';
import { CacheStore, type CacheWrite } from './cache-store.js';

/**
 * Values in the memory of this process. It may be trusted only while the process hears what others invalidate: when
 * that connection breaks, everything is dropped, and nothing is served until it stands again. Nor is it at first, while
 * another process may still believe that nobody listens.
 */
export class MemoryStore extends CacheStore {
  readonly shared = false;
  readonly state = 'memory';

  constructor(
    private readonly keyv: Keyv,
    private readonly listener: PgListener,
    private readonly coherence: Coherence,
  ) {
    super();
    listener.onLost(() => void keyv.clear());
    listener.onReady(() => void keyv.clear());
  }

  read(keys: readonly string[]): Promise<readonly unknown[] | undefined> {
    return this.listener.ready && this.coherence.known ? this.keyv.getMany([...keys]) : Promise.resolve(undefined);
  }

  async write(entries: readonly CacheWrite[]): Promise<boolean> {
    for (const { key, value, ttlMs } of entries) await this.keyv.set(key, value, ttlMs);
    return true;
  }
}
