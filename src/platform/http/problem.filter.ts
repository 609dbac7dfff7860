import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorKind } from '../../common/domain-error.js';
import { DatabaseUnavailable, isDatabaseUnavailable } from '../database/failures.js';
import { HTTP_STATUS, type Problem } from './problem.js';

/** Seconds after which a client may try again when a dependency is away. */
const RETRY_AFTER = 2;

const kindOfStatus = new Map(Object.entries(HTTP_STATUS).map(([kind, { status }]) => [status, kind as ErrorKind]));

const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'token_missing',
  403: 'forbidden',
  404: 'route_not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** Turns whatever was thrown into a domain error; undefined where it is a defect of ours. */
export function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (isDatabaseUnavailable(error)) return new DatabaseUnavailable();
  const status = statusOf(error);
  if (status === undefined || status < 400 || status > 499) return undefined;
  const kind = kindOfStatus.get(status) ?? 'invalid';
  const message = error instanceof Error ? error.message : 'The request is not valid.';
  return new DomainError(kind, CODE_OF_STATUS[status] ?? 'invalid_request', message);
}

/** The status of an error of Nest or Fastify: both know only client errors and defects. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}

/** The body of an error answer. */
export function toProblem(error: DomainError | undefined, requestId: string, path: string): Problem {
  const { status, title } = error ? HTTP_STATUS[error.kind] : { status: 500, title: 'Internal Server Error' };
  return {
    type: 'about:blank',
    title,
    status,
    detail: error?.message ?? 'Something went wrong on our side. The request id tells us where to look.',
    instance: path,
    code: error?.code ?? 'internal_error',
    requestId,
    ...(error && error.problems.length > 0 ? { errors: error.problems } : {}),
  };
}

/** Every error leaves as RFC 9457 problem details, without stack trace, SQL or file path. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toDomainError(thrown);
    const about = { err: thrown, requestId: request.id };
    if (error === undefined) this.logger.error(about, 'A request failed unexpectedly.');
    // What is refused on purpose, such as a login beyond the queue, is in the request log; what failed, is here.
    else if (error !== thrown && error.kind === 'unavailable') this.logger.warn(about, error.message);
    if (reply.sent || reply.raw.headersSent) return;
    sendProblem(reply, request, error);
  }
}

/** Sends an error answer; also used where a request fails before it reaches Nest. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, error: DomainError | undefined): void {
  const path = request.url.split('?', 1)[0] ?? request.url;
  const problem = toProblem(error, request.id, path);
  if (error?.kind === 'unauthenticated') reply.header('www-authenticate', challenge(error.code));
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  // Nest sets the header that a handler declares for its success before it runs.
  reply.removeHeader('location');
  reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}

/** Seconds; undefined where to try again is of no use. */
function retryAfterOf(error: DomainError | undefined): unknown {
  const passes = error?.kind === 'unavailable' || error?.kind === 'rate_limited';
  return error?.params.retryAfter ?? (passes ? RETRY_AFTER : undefined);
}

/** RFC 6750, section 3.1: a request without a token gets no error code. */
function challenge(code: string): string {
  return code.startsWith('token_') && code !== 'token_missing'
    ? 'Bearer realm="tradepost", error="invalid_token"'
    : 'Bearer realm="tradepost"';
}
