import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { redactUrl } from '../observability/redact.js';
import { traceIdOf } from '../observability/trace-context.js';
import { principalOf } from '../security/principal.js';
import { wasShed } from './shedding.js';

/** Asked every few seconds by machines. */
const QUIET = /^\/(health|metrics)(\/|$)/;

const SHED_SUMMARY_MS = 1_000;

function levelOf(request: FastifyRequest, route: string, status: number): 'debug' | 'info' | 'warn' {
  if (wasShed(request)) return 'debug';
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

/** Tells once a second how many requests were shed: a line for each would be part of the load that they are shed for. */
function shedSummary(fastify: FastifyInstance, logger: Logger): () => void {
  let requests = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    if (requests > 0) logger.warn({ requests }, 'Requests were refused: too many others wait for the same work.');
    requests = 0;
    timer = undefined;
  };
  fastify.addHook('onClose', async () => tell());
  return () => {
    requests += 1;
    timer ??= setTimeout(tell, SHED_SUMMARY_MS).unref();
  };
}

/** Logs one line for each answered request. Bodies are never logged. */
export function registerRequestLog(fastify: FastifyInstance, logger: Logger): void {
  const countShed = shedSummary(fastify, logger);
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const level = levelOf(request, route, reply.statusCode);
    if (wasShed(request)) countShed();
    if (logger.isLevelEnabled(level)) logger[level](fieldsOf(request, reply, route), 'Request answered.');
    done();
  });
}
