import { normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';

/** A subscriber has at least so many bits of IPv6 addresses to choose from (RFC 6177, section 2). */
const IPV6_PREFIX = 64;

/**
 * The key by which a client's address is counted: IPv4 as it is, IPv6 by its /64. Fastify takes the address from
 * X-Forwarded-For only as far as the proxies that the configuration trusts have written it.
 */
export function addressKey(request: FastifyRequest): string {
  return `address:${normalizeIp(request.ip, IPV6_PREFIX)}`;
}
