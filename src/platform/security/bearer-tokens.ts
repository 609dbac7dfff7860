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
   * The valid access token of a request. Times and revocation are checked each time, the signature once a token. Of one
   * that is known already it mostly takes no waiting to tell, and this is on the path of every request.
   * @throws {TokenMissing | TokenInvalid | TokenExpired | TokenRevoked}
   */
  authenticate(context: ExecutionContext): AccessToken | Promise<AccessToken> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (!hasCredentials(request)) throw new TokenMissing();
    const text = bearerOf(request);
    if (text === undefined) throw new TokenInvalid();
    const key = tokenKey(text);
    this.forgetRemovedKeys();
    const known = this.verified.get(key);
    return known === undefined ? this.verify(key, context) : this.stillValid(key, known);
  }

  private async verify(key: string, context: ExecutionContext): Promise<AccessToken> {
    const token = await this.guard.verify(context);
    this.verified.add(key, token);
    return this.stillValid(key, token);
  }

  private stillValid(key: string, token: AccessToken): AccessToken | Promise<AccessToken> {
    this.checkTimes(key, token);
    const tell = (revoked: boolean): AccessToken => {
      if (revoked) throw new TokenRevoked();
      return token;
    };
    const revoked = this.revocations.isRevoked(token);
    return typeof revoked === 'boolean' ? tell(revoked) : revoked.then(tell);
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
