import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { type FinishedJson, isNoneMatch } from './conditional.js';
import { FastLane } from './fast-lane.js';
import { pageLinks } from './links.js';
import { routeClassOf } from './route-class.js';

/** Sends finished JSON, and has the fast lane remember it. */
@Injectable()
export class FinishedJsonInterceptor implements NestInterceptor {
  constructor(
    @Inject(FastLane) private readonly lane: FastLane,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: FinishedJson) => {
        if (routeClassOf(context, this.reflector) === 'read') this.lane.remember(request, answer);
        return finish(request, reply, answer);
      }),
    );
  }
}

function finish(request: FastifyRequest, reply: FastifyReply, answer: FinishedJson): Buffer | undefined {
  // Caches in between may keep it and must ask again: what the shop answers is never older than its last write.
  reply.header('etag', answer.etag).header('x-cache', answer.cache).header('cache-control', 'no-cache');
  const links = answer.position === undefined ? undefined : pageLinks(request.url, answer.position);
  if (links !== undefined) reply.header('link', links);
  if (isNoneMatch(request.headers['if-none-match'], answer.etag)) {
    reply.status(304);
    // To HEAD, Fastify tells the length of what it is given; an empty one would be wrong (RFC 9110, section 8.6).
    if (request.method !== 'HEAD') return undefined;
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  return answer.body;
}

const TEXT = { type: 'string' } as const;

/**
 * A public GET whose handler answers {@link FinishedJson}: with ETag, X-Cache and Link, or 304 to who has it already.
 * The answer may depend on nothing of the request but its URL.
 */
export function Conditional(type: new () => object): MethodDecorator {
  return applyDecorators(
    UseInterceptors(FinishedJsonInterceptor),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'ETags that the client has; 304 if current.' }),
    ApiResponse({
      status: 200,
      type,
      headers: {
        ETag: { description: 'Strong entity tag.', schema: TEXT },
        'X-Cache': { description: 'HIT or MISS.', schema: TEXT },
      },
    }),
    ApiResponse({ status: 304, description: 'The client has it already.' }),
  );
}
