import type { FastifyReply } from 'fastify';
import type { RateLimitPolicy, Verdict } from '../rate-limits/rate-limit-policy.js';
import { TooManyRequests } from '../rate-limits/rate-limits.errors.js';

/** The RateLimit-Policy field (draft-ietf-httpapi-ratelimit-headers, section 3): quota and window in seconds. */
export function policyField({ name, limit, windowSeconds }: RateLimitPolicy): string {
  return `"${name}";q=${limit};w=${windowSeconds}`;
}

/** The RateLimit field (section 4 of the same): what remains, and the seconds until it is the whole quota again. */
export function limitField({ policy, remaining, resetSeconds }: Verdict): string {
  return `"${policy.name}";r=${remaining};t=${resetSeconds}`;
}

/**
 * Tells a client where it stands. Where two policies count a request, the later one, which is of the caller alone, is
 * told: it is the one that a client can keep to.
 * @throws {TooManyRequests} where the request is refused
 */
export function enforce(verdict: Verdict, reply: FastifyReply): void {
  reply.header('ratelimit-policy', policyField(verdict.policy)).header('ratelimit', limitField(verdict));
  if (!verdict.allowed) throw new TooManyRequests(verdict.resetSeconds);
}
