import { type Config, ConfigError } from '../../config/config.js';

/** How this shop is known to its OpenID provider. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly redirectUri: URL;
  readonly scope: string;
  /** The provider is spoken to without TLS. */
  readonly insecure: boolean;
}

const CALLBACK = '/api/users/oidc/callback';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The settings of the provider; undefined where there is none.
 * @throws {ConfigError} where they cannot be used
 */
export function readOidcSettings(config: Config): OidcSettings | undefined {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_SCOPES } = config;
  if (OIDC_ISSUER === undefined && OIDC_CLIENT_ID === undefined) return undefined;
  if (OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined) {
    throw new ConfigError('OIDC_ISSUER and OIDC_CLIENT_ID go together: set both or neither.');
  }
  if (!OIDC_SCOPES.split(' ').includes('openid')) throw new ConfigError('OIDC_SCOPES must include openid.');
  const issuer = new URL(OIDC_ISSUER);
  const insecure = issuer.protocol === 'http:';
  // OpenID Connect Core, section 16.17: TLS is what keeps the keys and codes of a provider from being exchanged.
  if (insecure && (config.NODE_ENV === 'production' || !LOOPBACK.test(issuer.hostname))) {
    throw new ConfigError('OIDC_ISSUER must be https; http is for a provider on this machine, and not in production.');
  }
  return {
    issuer,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    redirectUri: redirectUriOf(config),
    scope: OIDC_SCOPES,
    insecure,
  };
}

function redirectUriOf(config: Config): URL {
  if (config.OIDC_REDIRECT_URI !== undefined) return new URL(config.OIDC_REDIRECT_URI);
  const base = config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`;
  return new URL(`${base.replace(/\/+$/, '')}${CALLBACK}`);
}
