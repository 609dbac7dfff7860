import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { InvalidInput } from '../../common/domain-error.js';
import { hashToken, isToken, newToken } from '../../common/tokens.js';
import { CONFIG, type Config } from '../../config/config.js';
import { type OidcChecks, OidcClient, type OidcIdentity } from '../../platform/security/oidc-client.js';
import { OidcAttemptUnknown } from './auth.errors.js';
import { OidcAttemptsRepository } from './oidc-attempts.repository.js';
import { returnProblem } from './oidc-returns.js';

/** Time that people have at the provider. */
export const ATTEMPT_SECONDS = 600;

/** A sign-in that has begun. */
export interface BegunSignIn {
  /** Where to send the person. */
  readonly url: string;
  /** To be kept by the browser, and shown with the answer. */
  readonly browser: string;
  /** Where the answer will come to. */
  readonly callback: URL;
}

/** Where a sign-in began, and is to end. */
export interface Storefront {
  readonly returnTo: string;
  /** Of the verifier that will fetch the sign-in (RFC 7636, section 4.2: S256). */
  readonly challenge: string;
}

/** A sign-in whose answer has come. */
export interface TakenSignIn {
  readonly checks: OidcChecks;
  readonly storefront: Storefront | undefined;
}

/**
 * Sign-ins that are under way at the OpenID provider. An answer counts once, within ten minutes, and only in the
 * browser that asked: otherwise a link could sign its reader in as somebody else (RFC 9700, section 4.7).
 */
@Injectable()
export class OidcAttempts {
  constructor(
    @Inject(OidcClient) private readonly client: OidcClient,
    @Inject(OidcAttemptsRepository) private readonly attempts: OidcAttemptsRepository,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {OidcNotConfigured | OidcUnavailable | InvalidInput} where nobody is returned to that address */
  async begin({ returnTo, challenge }: Partial<Storefront>): Promise<BegunSignIn> {
    this.client.requireConfigured();
    const problem = returnProblem(returnTo, challenge, this.config.OIDC_RETURN_URLS);
    if (problem !== undefined) throw new InvalidInput([problem]);
    const { url, state, nonce, codeVerifier } = await this.client.begin();
    const browser = newToken();
    const expiresAt = new Date(this.clock.now().getTime() + ATTEMPT_SECONDS * 1_000);
    const hashes = { stateHash: hashToken(state), browserHash: hashToken(browser) };
    const storefront = { returnTo: returnTo ?? null, challenge: challenge ?? null };
    await this.attempts.insert({ ...hashes, nonce, codeVerifier, expiresAt, ...storefront });
    return { url, browser, callback: this.client.redirectUri };
  }

  /**
   * The sign-in that an answer belongs to, which no other answer does from now on.
   * @param query what came with the answer
   * @param browser what the browser kept
   * @throws {OidcNotConfigured | OidcAttemptUnknown}
   */
  async take(query: string, browser: string | undefined): Promise<TakenSignIn> {
    this.client.requireConfigured();
    const [state, ...others] = new URLSearchParams(query).getAll('state');
    if (state === undefined || others.length > 0 || browser === undefined || !isToken(browser)) {
      throw new OidcAttemptUnknown();
    }
    const attempt = await this.attempts.take(hashToken(state), hashToken(browser));
    if (attempt === undefined || attempt.expiresAt <= this.clock.now()) throw new OidcAttemptUnknown();
    const { nonce, codeVerifier, returnTo, challenge } = attempt;
    const storefront = returnTo === null || challenge === null ? undefined : { returnTo, challenge };
    return { checks: { state, nonce, codeVerifier }, storefront };
  }

  /** Who the provider says it was. @throws {OidcRefused | OidcUnavailable} */
  identify(query: string, checks: OidcChecks): Promise<OidcIdentity> {
    return this.client.finish(query, checks);
  }
}
