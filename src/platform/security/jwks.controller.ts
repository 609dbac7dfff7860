import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access } from './access.js';
import { KeyRing, type PublicJwk } from './key-ring.js';

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
  constructor(@Inject(KeyRing) private readonly ring: KeyRing) {}

  @Get('jwks.json')
  @Access('public')
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'The public keys that verify access tokens (RFC 7517)' })
  @ApiOkResponse({ type: JwkSet })
  keys(): JwkSet {
    return this.ring.jwks;
  }
}
