import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { linesOf } from '../observability/logging.js';
import { redactUrl } from '../observability/redact.js';
import { traceIdOf } from '../observability/trace-context.js';
import { principalOf } from '../security/principal.js';
import { wasShed } from './shedding.js';

/** Asked every few seconds by machines. */
const QUIET = /^\/(health|metrics)(\/|$)/;

const SHED_SUMMARY_MS = 1_000;

const MESSAGE = 'Request answered.';

function levelOf(request: FastifyRequest, route: string, status: number): 'debug' | 'info' | 'warn' {
  if (wasShed(request)) return 'debug';
  if (status >= 500) return 'warn';
  return QUIET.test(route) ? 'debug' : 'info';
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function fieldsOf(request: FastifyRequest, reply: FastifyReply, route: string): Record<string, unknown> {
  const principal = principalOf(request);
  const traceId = traceIdOf(request.headers.traceparent);
  return {
    method: request.method,
    route,
    url: redactUrl(request.url),
    status: reply.statusCode,
    ms: tenths(reply.elapsedTime),
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
    if (logger.isLevelEnabled(level)) logger[level](fieldsOf(request, reply, route), MESSAGE);
    done();
  });
}

/** What was asked, of many requests the same. */
export interface Asked {
  readonly method: string;
  readonly route: string;
  readonly url: string;
}

/** Logs one answer: its status, how long it took, the id of its request, and the `traceparent` that came with that. */
export type AnswerLog = (
  status: number,
  ms: number,
  requestId: string,
  traceparent: string | string[] | undefined,
) => void;

/** Logs answers that are sent ahead of the pipeline, in lines like its own; what they have in common is worked out once. */
export function answerLogOf(logger: Logger, { method, route, url }: Asked): AnswerLog {
  const write = linesOf(logger, { method, route, url: redactUrl(url) }, MESSAGE);
  return (status, ms, requestId, traceparent) => {
    const traceId = traceIdOf(traceparent);
    // Ids of requests and traces have no signs in them that JSON would write otherwise.
    const trace = traceId === undefined ? '' : `,"traceId":"${traceId}"`;
    write(`"status":${status},"ms":${tenths(ms)},"requestId":"${requestId}"${trace}`);
  };
}
