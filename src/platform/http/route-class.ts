import { type ExecutionContext, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import type { Reflector } from '@nestjs/core';
import type { RouteClass } from '../rate-limits/rate-limit-policy.js';
import { RATE_LIMITED } from '../rate-limits/rate-limited.js';
import { type HttpRequest, hasCredentials } from '../security/bearer.js';

const READING: readonly unknown[] = [RequestMethod.GET, RequestMethod.HEAD];
const known = new WeakMap<object, RouteClass | 'none'>();

/** The class of a route, once a handler; what is no HTTP counts its requests itself. */
export function routeClassOf(context: ExecutionContext, reflector: Reflector): RouteClass | 'none' {
  if (context.getType() !== 'http') return 'none';
  const handler = context.getHandler();
  const before = known.get(handler);
  if (before !== undefined) return before;
  const declared = reflector.getAllAndOverride<RouteClass | 'none' | undefined>(RATE_LIMITED, [
    handler,
    context.getClass(),
  ]);
  const method: unknown = reflector.get(METHOD_METADATA, handler);
  const routeClass = declared ?? (READING.includes(method) ? 'read' : 'write');
  known.set(handler, routeClass);
  return routeClass;
}

/** Whether a request is counted under its caller too, once the guards know who that is. */
export function countedByCaller(routeClass: RouteClass, request: HttpRequest): boolean {
  return (
    (routeClass === 'read' || routeClass === 'write') &&
    (hasCredentials(request) || request.headers['x-api-key'] !== undefined)
  );
}
