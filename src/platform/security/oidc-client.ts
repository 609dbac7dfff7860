import { Inject, Injectable, Logger } from '@nestjs/common';
import * as openid from 'openid-client';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { OidcNotConfigured, OidcRefused, OidcUnavailable } from './oidc.errors.js';
import { type OidcProfile, readProfile } from './oidc-profile.js';
import { type OidcSettings, readOidcSettings } from './oidc-settings.js';

/** Seconds that the provider has for each answer. */
const TIMEOUT = 5;
/** What a provider says of itself changes rarely; its keys are looked up anew when one is unknown. */
const METADATA_LIFE_MS = 3_600_000;

/** What the answer of a sign-in is checked against. */
export interface OidcChecks {
  readonly state: string;
  /** In the ID token: it was made for this sign-in (OpenID Connect Core, section 3.1.2.1). */
  readonly nonce: string;
  /** PKCE (RFC 7636): the code is of use to nobody else. */
  readonly codeVerifier: string;
}

/** A person as the provider knows them. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** @throws {OidcUnavailable | OidcRefused} */
  readonly profile: () => Promise<OidcProfile>;
}

interface Metadata {
  readonly until: number;
  readonly configuration: Promise<openid.Configuration>;
}

/** A client of the OpenID provider: authorization code flow with PKCE, as RFC 9700, section 2.1.1 asks for. */
@Injectable()
export class OidcClient {
  private readonly logger = new Logger(OidcClient.name);
  private readonly known: OidcSettings | undefined;
  private metadata: Metadata | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.known = readOidcSettings(config);
  }

  /** @throws {OidcNotConfigured} */
  requireConfigured(): void {
    if (this.known === undefined) throw new OidcNotConfigured();
  }

  /** Where the provider sends people back to. @throws {OidcNotConfigured} */
  get redirectUri(): URL {
    return this.settings.redirectUri;
  }

  /**
   * Where to send somebody to sign in, and what to check the answer against.
   * @throws {OidcNotConfigured | OidcUnavailable}
   */
  async begin(): Promise<OidcChecks & { readonly url: string }> {
    const { redirectUri, scope } = this.settings;
    const checks = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      codeVerifier: openid.randomPKCECodeVerifier(),
    };
    const challenge = await openid.calculatePKCECodeChallenge(checks.codeVerifier);
    const url = openid.buildAuthorizationUrl(await this.discover(), {
      redirect_uri: redirectUri.href,
      scope,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    return { ...checks, url: url.href };
  }

  /**
   * Who signed in.
   * @param query what the provider sent back in the address
   * @throws {OidcNotConfigured | OidcRefused | OidcUnavailable}
   */
  async finish(query: string, { state, nonce, codeVerifier }: OidcChecks): Promise<OidcIdentity> {
    const answer = new URL(this.redirectUri);
    answer.search = query;
    const configuration = await this.discover();
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier };
    const tokens = await this.asking(() => openid.authorizationCodeGrant(configuration, answer, checks));
    const claims = tokens.claims();
    if (claims === undefined) throw new OidcRefused();
    const { iss: issuer, sub: subject } = claims;
    const profile = async (): Promise<OidcProfile> => {
      // Providers may leave the claims of scopes out of the ID token (OpenID Connect Core, section 5.4).
      if (claims.email !== undefined || !configuration.serverMetadata().userinfo_endpoint) return readProfile(claims);
      return readProfile(await this.asking(() => openid.fetchUserInfo(configuration, tokens.access_token, subject)));
    };
    return { issuer, subject, profile };
  }

  private get settings(): OidcSettings {
    if (this.known === undefined) throw new OidcNotConfigured();
    return this.known;
  }

  /** What the provider says of itself, asked for once an hour; after a failure it is asked again. */
  private discover(): Promise<openid.Configuration> {
    const now = this.clock.now().getTime();
    if (this.metadata !== undefined && now < this.metadata.until) return this.metadata.configuration;
    const configuration = discover(this.settings).catch((error: unknown) => this.fail(error, false));
    const metadata = { until: now + METADATA_LIFE_MS, configuration };
    this.metadata = metadata;
    configuration.catch(() => {
      if (this.metadata === metadata) this.metadata = undefined;
    });
    return configuration;
  }

  private async asking<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      return this.fail(error, isRefusal(error));
    }
  }

  private fail(error: unknown, refused: boolean): never {
    // The message alone: what an error of the library carries along may hold codes and tokens.
    const reason = error instanceof Error ? error.message : String(error);
    if (refused) this.logger.log({ reason }, 'A sign-in with the OpenID provider was refused.');
    else this.logger.warn({ reason }, 'The OpenID provider does not answer as it should.');
    throw refused ? new OidcRefused() : new OidcUnavailable();
  }
}

function discover({ issuer, clientId, clientSecret, insecure }: OidcSettings): Promise<openid.Configuration> {
  // RFC 6749, section 2.3.1: every provider takes a client's secret by HTTP Basic.
  const authentication = clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret);
  // The signature of ID tokens is verified though they come straight from the provider.
  const execute = [openid.enableNonRepudiationChecks, ...(insecure ? [openid.allowInsecureRequests] : [])];
  return openid.discovery(issuer, clientId, undefined, authentication, { execute, timeout: TIMEOUT });
}

const REFUSING_CODES = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
]);

/** Whether an error is about this sign-in, and not about the provider or our standing with it. */
function isRefusal(error: unknown): boolean {
  if (error instanceof openid.AuthorizationResponseError) {
    return error.error !== 'server_error' && error.error !== 'temporarily_unavailable';
  }
  if (error instanceof openid.ResponseBodyError) return error.error === 'invalid_grant';
  return error instanceof openid.ClientError && REFUSING_CODES.has(error.code ?? '');
}
