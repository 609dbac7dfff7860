import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { RouteClass } from './rate-limit-policy.js';

export const RATE_LIMITED = 'tradepost:rate-limited';

/**
 * Names the class of routes by which a route, or every route of a controller, is limited; `none` lifts the limit.
 * Without it, reading methods are of the class `read` and all others of the class `write`.
 */
export const RateLimited = (routeClass: RouteClass | 'none'): CustomDecorator => SetMetadata(RATE_LIMITED, routeClass);
