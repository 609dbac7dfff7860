import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CONFIG, type Config } from '../../config/config.js';
import { Access } from './access.js';
import { KeyRing, type PublicJwk } from './key-ring.js';
import { keySetSeconds } from './key-schedule.js';

/** As much as is needed of the answer that is being made. */
interface Headers {
  header(name: string, value: string): unknown;
}

class Jwk implements PublicJwk {
  @ApiProperty({ enum: ['RSA'] })
  kty!: 'RSA';

  @ApiProperty({ enum: ['sig'] })
  use!: 'sig';

  @ApiProperty({ enum: ['RS256'] })
  alg!: 'RS256';

  @ApiProperty({ description: 'SHA-256 thumbprint of the key, RFC 7638; the kid of tokens that it signed.' })
  kid!: string;

  @ApiProperty({ description: 'Modulus, base64url.' })
  n!: string;

  @ApiProperty({ description: 'Exponent, base64url.', example: 'AQAB' })
  e!: string;
}

class JwkSet {
  @ApiProperty({ type: Jwk, isArray: true })
  keys!: readonly Jwk[];
}

@ApiTags('Tokens')
@Controller('.well-known')
export class JwksController {
  private readonly cacheControl: string;

  constructor(
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(CONFIG) config: Config,
  ) {
    this.cacheControl = `public, max-age=${keySetSeconds(config.KEY_PUBLISH_SECONDS)}`;
  }

  @Get('jwks.json')
  @Access('public')
  @ApiOperation({
    summary: 'The public keys that verify access tokens (RFC 7517)',
    description:
      'May be kept for as long as `Cache-Control` says: a new key is published for longer than that before it signs, ' +
      'and an old one until its last token has expired.',
  })
  @ApiOkResponse({ type: JwkSet })
  keys(@Res({ passthrough: true }) reply: Headers): JwkSet {
    reply.header('cache-control', this.cacheControl);
    return this.ring.jwks;
  }
}
