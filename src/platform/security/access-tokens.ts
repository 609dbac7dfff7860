import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { newId } from '../../common/ids.js';
import { CONFIG, type Config } from '../../config/config.js';
import { CLIENT_ID, TOKEN_TYPE } from './access-token.js';
import { KeyRing } from './key-ring.js';
import type { Role } from './permissions.js';
import { TokenTimes } from './token-times.js';

/** Whom an access token is for. */
export interface TokenSubject {
  readonly userId: string;
  readonly role: Role;
  /** The refresh family that it comes with. */
  readonly familyId: string;
  /** Microseconds since the epoch, from {@link TokenTimes.next}. */
  readonly issuedAt: number;
}

/** Issues access tokens: RS256, with the claims of RFC 9068, section 2.2, and three of our own (role, sid, iat_us). */
@Injectable()
export class AccessTokens {
  constructor(
    @Inject(JwtService) private readonly jwt: JwtService,
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(TokenTimes) private readonly times: TokenTimes,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A signed token with an id of its own. */
  issue({ userId, role, familyId, issuedAt }: TokenSubject): string {
    const iat = Math.floor(issuedAt / 1_000_000);
    const claims = {
      iss: this.config.JWT_ISSUER,
      aud: this.config.JWT_AUDIENCE,
      sub: userId,
      client_id: CLIENT_ID,
      jti: newId(),
      iat,
      exp: iat + this.times.accessSeconds,
      role,
      sid: familyId,
      // iat in microseconds: tells whether the token is older than a revocation in the same second.
      iat_us: issuedAt,
    };
    const { kid, privateKey } = this.ring.signing;
    return this.jwt.sign(claims, { privateKey, algorithm: 'RS256', header: { alg: 'RS256', typ: TOKEN_TYPE, kid } });
  }
}
