import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { AccessToken } from './access-token.js';
import { bearerOf, type HttpRequest, hasCredentials } from './bearer.js';
import { JwtGuard } from './jwt.guard.js';
import { KeyRing } from './key-ring.js';
import { TokenMissing } from './principal.js';
import { RevocationList } from './revocation-list.js';
import { TokenExpired, TokenInvalid, TokenRevoked } from './token.errors.js';
import { tokenKey, VerifiedTokens } from './verified-tokens.js';

/** Authenticates requests by their access token. */
@Injectable()
export class BearerTokens {
  private readonly verified = new VerifiedTokens();
  private generation = 0;

  constructor(
    @Inject(JwtGuard) private readonly guard: JwtGuard,
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(RevocationList) private readonly revocations: RevocationList,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * The valid access token of a request. Times and revocation are checked each time, the signature once a token.
   * @throws {TokenMissing | TokenInvalid | TokenExpired | TokenRevoked}
   */
  async authenticate(context: ExecutionContext): Promise<AccessToken> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (!hasCredentials(request)) throw new TokenMissing();
    const text = bearerOf(request);
    if (text === undefined) throw new TokenInvalid();
    const key = tokenKey(text);
    this.forgetRemovedKeys();
    const known = this.verified.get(key);
    const token = known ?? (await this.guard.verify(context));
    if (known === undefined) this.verified.add(key, token);
    this.checkTimes(key, token);
    const revoked = this.revocations.isRevoked(token);
    if (revoked === true || (revoked !== false && (await revoked))) throw new TokenRevoked();
    return token;
  }

  /** A key that was taken away, because it leaked perhaps, takes along what it has signed. */
  private forgetRemovedKeys(): void {
    if (this.generation === this.ring.generation) return;
    this.generation = this.ring.generation;
    this.verified.clear();
  }

  private checkTimes(key: string, token: AccessToken): void {
    const now = this.clock.now().getTime() / 1_000;
    if (now >= token.expiresAt) {
      this.verified.delete(key);
      throw new TokenExpired();
    }
    if (token.notBefore !== undefined && now < token.notBefore) throw new TokenInvalid();
  }
}
