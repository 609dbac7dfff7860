import { type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config/config.js';
import type { RateLimitPolicy, RouteClass } from '../rate-limits/rate-limit-policy.js';
import { RateLimits } from '../rate-limits/rate-limits.js';
import { addressKey } from './client-address.js';
import { enforce } from './rate-limit-headers.js';
import { countedByCaller, routeClassOf } from './route-class.js';

/**
 * Counts every request by the client's address, before anybody looks at its credentials: wrong ones count too. What
 * shows credentials has a larger quota, since the caller is counted as well once it is known.
 */
@Injectable()
export class AddressLimitGuard extends ThrottlerGuard {
  protected override logger = new Logger(AddressLimitGuard.name);
  private warned = false;

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    @Inject(Reflector) reflector: Reflector,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super(options, storage, reflector);
  }

  /** The throttler itself would ask each route for limits of its own first, of which there are none. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.limits.enabled) return true;
    const routeClass = routeClassOf(context, this.reflector);
    if (routeClass === 'none') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const policy = this.policyOf(routeClass, request);
    const { limit, windowSeconds, name } = policy;
    const ttl = windowSeconds * 1_000;
    const hit = await this.storageService.increment(addressKey(request), ttl, limit, ttl, name);
    if (hit.isBlocked) this.warnOfProxy(request);
    const remaining = Math.max(0, limit - hit.totalHits);
    const verdict = { policy, allowed: !hit.isBlocked, remaining, resetSeconds: hit.timeToExpire };
    enforce(verdict, http.getResponse<FastifyReply>());
    return true;
  }

  private policyOf(routeClass: RouteClass, request: FastifyRequest): RateLimitPolicy {
    const { policies } = this.limits;
    return countedByCaller(routeClass, request) ? policies.address : policies.caller[routeClass];
  }

  /** Behind a proxy that nobody has declared, all the world is one client. */
  private warnOfProxy(request: FastifyRequest): void {
    const forwarded = request.headers['x-forwarded-for'] !== undefined;
    if (this.warned || !forwarded || this.config.TRUSTED_PROXIES.length > 0) return;
    this.warned = true;
    this.logger.warn(
      'An address is refused that sends X-Forwarded-For: if it is your proxy, name it in TRUSTED_PROXIES.',
    );
  }
}
