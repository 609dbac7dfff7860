import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { redactUrl } from '../observability/redact.js';
import { traceIdOf } from '../observability/trace-context.js';
import { principalOf } from '../security/principal.js';

/** Asked every few seconds by machines. */
const QUIET = /^\/(health|metrics)(\/|$)/;

function levelOf(route: string, status: number): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn';
  return QUIET.test(route) ? 'debug' : 'info';
}

function fieldsOf(request: FastifyRequest, reply: FastifyReply, route: string): Record<string, unknown> {
  const principal = principalOf(request);
  const traceId = traceIdOf(request.headers.traceparent);
  return {
    method: request.method,
    route,
    url: redactUrl(request.url),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    requestId: request.id,
    ...(principal.kind === 'user' ? { userId: principal.userId } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}

/** Logs one line for each answered request. Bodies are never logged. */
export function registerRequestLog(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const level = levelOf(route, reply.statusCode);
    if (logger.isLevelEnabled(level)) logger[level](fieldsOf(request, reply, route), 'Request answered.');
    done();
  });
}
