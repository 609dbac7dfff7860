import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashToken, isToken, newToken } from '../../common/tokens.js';
import { OidcClient, type OidcIdentity } from '../../platform/security/oidc-client.js';
import { OidcAttemptUnknown } from './auth.errors.js';
import { OidcAttemptsRepository } from './oidc-attempts.repository.js';

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
  ) {}

  /** @throws {OidcNotConfigured | OidcUnavailable} */
  async begin(): Promise<BegunSignIn> {
    const { url, state, nonce, codeVerifier } = await this.client.begin();
    const browser = newToken();
    const expiresAt = new Date(this.clock.now().getTime() + ATTEMPT_SECONDS * 1_000);
    const hashes = { stateHash: hashToken(state), browserHash: hashToken(browser) };
    await this.attempts.insert({ ...hashes, nonce, codeVerifier, expiresAt });
    return { url, browser, callback: this.client.redirectUri };
  }

  /**
   * Who the provider says it was.
   * @param query what came with the answer
   * @param browser what the browser kept
   * @throws {OidcNotConfigured | OidcAttemptUnknown | OidcRefused | OidcUnavailable}
   */
  async finish(query: string, browser: string | undefined): Promise<OidcIdentity> {
    this.client.requireConfigured();
    const [state, ...others] = new URLSearchParams(query).getAll('state');
    if (state === undefined || others.length > 0 || browser === undefined || !isToken(browser)) {
      throw new OidcAttemptUnknown();
    }
    const attempt = await this.attempts.take(hashToken(state), hashToken(browser));
    if (attempt === undefined || attempt.expiresAt <= this.clock.now()) throw new OidcAttemptUnknown();
    return this.client.finish(query, { state, nonce: attempt.nonce, codeVerifier: attempt.codeVerifier });
  }
}
