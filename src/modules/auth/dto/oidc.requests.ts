import { TextField } from '../../../platform/fields/fields.js';

const BASE64URL_SHA256 = { regex: /^[\w-]{43}$/, message: 'must be a SHA-256 in base64url' };
/** RFC 7636, section 4.1. */
const VERIFIER = { regex: /^[\w.~-]{43,128}$/, message: 'must be 43 to 128 letters, digits, -, ., _ or ~' };

export class OidcAuthorizeQuery {
  @TextField({
    optional: true,
    max: 2_048,
    format: 'uri',
    verbatim: true,
    example: 'https://shop.example/signed-in',
    description: 'A storefront to be sent back to: one of `OIDC_RETURN_URLS`, letter by letter.',
  })
  returnTo?: string;

  @TextField({
    optional: true,
    min: 43,
    max: 43,
    pattern: BASE64URL_SHA256,
    example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    description: 'With `returnTo`: of a verifier that the storefront keeps (RFC 7636, section 4.2: S256).',
  })
  challenge?: string;
}

export class OidcExchangeRequest {
  @TextField({ max: 255, description: 'From the fragment of the address that the browser was sent back to.' })
  code!: string;

  @TextField({
    min: 43,
    max: 128,
    pattern: VERIFIER,
    example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    description: 'That the challenge of the sign-in was made from.',
  })
  verifier!: string;
}
