import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { emailKey, isEmail } from '../../common/email.js';
import type { RateLimitPolicy } from '../rate-limits/rate-limit-policy.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import { principalOf } from '../security/principal.js';
import { addressKey } from './client-address.js';
import { enforce } from './rate-limit-headers.js';
import { countedByCaller, routeClassOf } from './route-class.js';

interface Count {
  readonly policy: RateLimitPolicy;
  readonly key: string;
}

/** Counts requests by their caller, now that it is known, and resets by the account that they are for. */
@Injectable()
export class CallerLimitGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(RateLimits) private readonly limits: RateLimits,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (!this.limits.enabled) return true;
    const http = context.switchToHttp();
    const count = this.countOf(context, http.getRequest<FastifyRequest>());
    return count === undefined || this.take(count, http.getResponse<FastifyReply>());
  }

  private async take({ policy, key }: Count, reply: FastifyReply): Promise<true> {
    enforce(await this.limits.take(policy, [key]), reply);
    return true;
  }

  private countOf(context: ExecutionContext, request: FastifyRequest): Count | undefined {
    const routeClass = routeClassOf(context, this.reflector);
    if (routeClass === 'none') return undefined;
    const { caller, resetAccount } = this.limits.policies;
    const user = userKey(request);
    if (routeClass === 'reset') {
      const key = emailIn(request.body) ?? user;
      return key === undefined ? undefined : { policy: resetAccount, key };
    }
    if (!countedByCaller(routeClass, request)) return undefined;
    return { policy: caller[routeClass], key: user ?? addressKey(request) };
  }
}

function userKey(request: FastifyRequest): string | undefined {
  const principal = principalOf(request);
  if (principal.kind === 'machine') return `key:${principal.keyId}`;
  return principal.kind === 'user' ? `user:${principal.userId}` : undefined;
}

/** The email address that a body names, hashed; undefined where it names none. */
function emailIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('email' in body) || typeof body.email !== 'string')
    return undefined;
  // Nobody has validated the body yet, and to normalise a long text of combining marks takes the square of its length.
  const email = body.email.trim();
  if (!isEmail(email)) return undefined;
  return `email:${createHash('sha256').update(emailKey(email)).digest('base64url')}`;
}
