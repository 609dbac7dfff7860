import type { IncomingMessage } from 'node:http';
import { normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { LruMap } from '../cache/lru-map.js';

/** A subscriber has at least so many bits of IPv6 addresses to choose from (RFC 6177, section 2). */
const IPV6_PREFIX = 64;

/** Addresses that are remembered, and how long what a proxy says of one may be. */
const MOST_ADDRESSES = 20_000;
const LONGEST_SAID = 256;

function keyOf(address: string): string {
  return `address:${normalizeIp(address, IPV6_PREFIX)}`;
}

/**
 * The key by which a client's address is counted: IPv4 as it is, IPv6 by its /64. Fastify takes the address from
 * X-Forwarded-For only as far as the proxies that the configuration trusts have written it.
 */
export function addressKey(request: FastifyRequest): string {
  return keyOf(request.ip);
}

/**
 * The same key for requests that Fastify does not see. Whom proxies speak of is Fastify's to tell: that is learnt from
 * a request that it has seen, by the two things that it goes by.
 */
export class AddressKeys {
  private readonly keys = new LruMap<string>(MOST_ADDRESSES);

  /** @param behindProxies whether any are trusted; what others say does not matter */
  constructor(private readonly behindProxies: boolean) {}

  learn(request: FastifyRequest): void {
    const { raw } = request;
    const said = this.saidOf(raw);
    if (said !== undefined && said.length <= LONGEST_SAID) this.keys.set(nameOf(raw, said), addressKey(request));
  }

  /** Undefined where only a request like it would tell. */
  of(request: IncomingMessage): string | undefined {
    const said = this.saidOf(request);
    const name = nameOf(request, said);
    const known = this.keys.get(name);
    if (known !== undefined || said !== undefined || name === '') return known;
    const key = keyOf(name);
    this.keys.set(name, key);
    return key;
  }

  private saidOf({ headers }: IncomingMessage): string | undefined {
    return this.behindProxies ? headers['x-forwarded-for']?.toString() : undefined;
  }
}

function nameOf({ socket: { remoteAddress = '' } }: IncomingMessage, said: string | undefined): string {
  return said === undefined ? remoteAddress : `${remoteAddress} ${said}`;
}
