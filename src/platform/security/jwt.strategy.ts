import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { CONFIG, type Config } from '../../config/config.js';
import { type AccessToken, keyIdOf, readClaims } from './access-token.js';
import { bearerOf, type HttpRequest } from './bearer.js';
import { KeyRing } from './key-ring.js';

/**
 * Passport's way to an access token: signature, algorithm, issuer and audience (RFC 9068, section 4; RFC 8725, sections
 * 3.1, 3.3, 3.8 and 3.9). Its key comes from our ring alone. An `aud` that is a list passes where we are in it (RFC 7519,
 * section 4.1.3).
 * Times are left to the guard, which also checks them on tokens that it has seen before, and by the application's clock.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(@Inject(KeyRing) ring: KeyRing, @Inject(CONFIG) config: Config) {
    super({
      jwtFromRequest: (request: HttpRequest) => bearerOf(request) ?? null,
      secretOrKeyProvider: (_: unknown, token: string, done: (error: Error | null, key?: Buffer) => void) => {
        const kid = keyIdOf(token);
        const key = kid === undefined ? undefined : ring.publicKey(kid);
        // jsonwebtoken takes a KeyObject, which the types of passport-jwt leave out.
        if (key === undefined) done(new Error('The header of the token is not one of ours.'));
        else done(null, key as unknown as Buffer);
      },
      algorithms: ['RS256'],
      issuer: config.JWT_ISSUER,
      audience: config.JWT_AUDIENCE,
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
    });
  }

  validate(claims: unknown): AccessToken | false {
    return readClaims(claims) ?? false;
  }
}
