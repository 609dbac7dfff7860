import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashToken } from '../../common/tokens.js';
import { Flights } from '../cache/flights.js';
import { LruMap } from '../cache/lru-map.js';
import { prefixOf } from './api-key.js';
import { ApiKeysRepository, type StoredApiKey } from './api-keys.repository.js';
import { ROLE_PERMISSIONS } from './permissions.js';
import type { MachinePrincipal } from './principal.js';
import { TokenExpired, TokenInvalid, TokenRevoked } from './token.errors.js';

/** Milliseconds for which a replica takes what it read of a key for true: by then it has heard of a revocation. */
const TRUSTED_FOR = 500;
/** Milliseconds between two notes of a key's last use. */
const NOTED_EVERY = 60_000;
const CAPACITY = 10_000;

interface KnownKey {
  readonly stored: StoredApiKey;
  readonly principal: MachinePrincipal;
  /** On the clock of performance.now(), which neither tests nor operators set. */
  readonly askedAt: number;
  notedAt: number;
}

/** Authenticates machines by their API keys. */
@Injectable()
export class ApiKeys implements OnModuleDestroy {
  private readonly logger = new Logger(ApiKeys.name);
  private readonly known = new LruMap<KnownKey>(CAPACITY);
  private readonly flights = new Flights();
  private readonly noting = new Set<Promise<void>>();
  /** Rises with every revocation here, so that what was read before it is not kept after it. */
  private generation = 0;

  constructor(
    @Inject(ApiKeysRepository) private readonly repository: ApiKeysRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.noting);
  }

  /**
   * The machine that holds a key. It may do what the key says, as far as the role of the key's owner still allows it.
   * @throws {TokenInvalid | TokenExpired | TokenRevoked}
   */
  async authenticate(text: string): Promise<MachinePrincipal> {
    const prefix = prefixOf(text);
    const key = prefix === undefined ? undefined : await this.lookUp(prefix);
    if (key === undefined || !timingSafeEqual(hashToken(text), key.stored.keyHash)) throw new TokenInvalid('API key');
    if (key.stored.revoked) throw new TokenRevoked('API key');
    const now = this.clock.now();
    if (key.stored.expiresAt !== null && key.stored.expiresAt <= now) throw new TokenExpired('API key');
    this.noteUse(key, now);
    return key.principal;
  }

  /** Forgets what was read of every key; to be called when one was revoked here. */
  forget(): void {
    this.generation += 1;
    this.known.clear();
  }

  private lookUp(prefix: string): KnownKey | undefined | Promise<KnownKey | undefined> {
    const key = this.known.get(prefix);
    if (key !== undefined && performance.now() - key.askedAt < TRUSTED_FOR) return key;
    return this.flights.share(`${this.generation} ${prefix}`, () => this.read(prefix));
  }

  /** Prefixes that nobody has are not kept: guesses must not push out what is in use. */
  private async read(prefix: string): Promise<KnownKey | undefined> {
    const { generation } = this;
    const askedAt = performance.now();
    const stored = await this.repository.find(prefix);
    if (stored === undefined) return undefined;
    const allowed = ROLE_PERMISSIONS[stored.ownerRole];
    const permissions = new Set(stored.permissions.filter((permission) => allowed.has(permission)));
    const principal: MachinePrincipal = {
      kind: 'machine',
      keyId: stored.id,
      ownerId: stored.ownerId,
      permissions,
    };
    const notedAt = stored.lastUsedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
    const key: KnownKey = { stored, principal, askedAt, notedAt };
    if (generation === this.generation) this.known.set(prefix, key);
    return key;
  }

  /** Not waited for: that a use was noted is not worth the time of a request, nor its failure. */
  private noteUse(key: KnownKey, now: Date): void {
    const before = now.getTime() - NOTED_EVERY;
    if (key.notedAt > before) return;
    key.notedAt = now.getTime();
    const note = this.repository
      .noteUse(key.stored.id, now, new Date(before))
      .catch((error: unknown) => this.logger.warn({ err: error }, 'The use of an API key could not be noted.'))
      .finally(() => this.noting.delete(note));
    this.noting.add(note);
  }
}
