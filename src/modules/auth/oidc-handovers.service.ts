import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashToken, isToken, newToken } from '../../common/tokens.js';
import { OidcHandoversRepository } from './oidc-handovers.repository.js';

/** Time that a storefront has to fetch a sign-in. */
const HANDOVER_SECONDS = 60;

/**
 * Finished sign-ins on their way to the storefront where they began. No token goes through the address of a browser,
 * where histories and scripts would find it (RFC 9700, section 2.1.2): it carries a code, which counts once, for a
 * minute, and for the storefront alone that began the sign-in (PKCE: RFC 7636).
 */
@Injectable()
export class OidcHandovers {
  constructor(
    @Inject(OidcHandoversRepository) private readonly handovers: OidcHandoversRepository,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** A code for a person's sign-in. */
  async issue(userId: string, challenge: string): Promise<string> {
    const code = newToken();
    const expiresAt = new Date(this.clock.now().getTime() + HANDOVER_SECONDS * 1_000);
    await this.handovers.insert({ codeHash: hashToken(code), challenge, userId, expiresAt });
    return code;
  }

  /** Whose sign-in a code stands for, which it does no longer; undefined where it is none, or not of this storefront. */
  async take(code: string, verifier: string): Promise<string | undefined> {
    const handover = isToken(code) ? await this.handovers.take(hashToken(code)) : undefined;
    if (handover === undefined || handover.expiresAt <= this.clock.now()) return undefined;
    return challengeOf(verifier) === handover.challenge ? handover.userId : undefined;
  }
}

/** RFC 7636, section 4.2: S256. The challenge is no secret, so it may be compared as any text. */
function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
