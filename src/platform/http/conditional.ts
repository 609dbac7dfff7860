import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Around } from './around.js';
import { type PagePosition, pageLinks } from './links.js';

/** JSON that needs no more work before it is sent, and what is said about it in the header. */
export interface FinishedJson {
  readonly body: Buffer;
  /** Strong entity tag, with its quotes. */
  readonly etag: string;
  /** Whether the body came out of a cache. */
  readonly cache: 'HIT' | 'MISS';
  /** Where in a list it lies. */
  readonly position?: PagePosition | undefined;
}

/** The entity tags that a writer knows, one of which must be current; undefined where anything goes. */
export type Precondition = readonly string[] | undefined;

// RFC 9110, section 8.8.3: `etagc` excludes spaces and quotes.
const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Whether an If-None-Match header names a tag: by weak comparison (RFC 9110, section 13.1.2). */
export function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag || header.trim() === '*') return true;
  for (const [, , opaque] of header.matchAll(ENTITY_TAG)) if (opaque === etag) return true;
  return false;
}

/**
 * Reads an If-Match header (RFC 9110, section 13.1.1). It is compared strongly, so weak tags and what is no tag at all
 * match nothing; `*` asks for nothing but existence.
 */
export function preconditionOf(header: string | undefined): Precondition {
  if (header === undefined || header.trim() === '*') return undefined;
  return [...header.matchAll(ENTITY_TAG)].filter(([, weak]) => weak === undefined).map(([, , opaque]) => opaque ?? '');
}

/** The If-Match header of the request; the handler also needs {@link Preconditioned}. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): Precondition =>
    preconditionOf(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

class FinishedJsonInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(map((answer: FinishedJson) => finish(request, reply, answer)));
  }
}

function finish(request: FastifyRequest, reply: FastifyReply, answer: FinishedJson): Buffer | undefined {
  // Caches in between may keep it and must ask again: what the shop answers is never older than its last write.
  reply.header('etag', answer.etag).header('x-cache', answer.cache).header('cache-control', 'no-cache');
  const links = answer.position === undefined ? undefined : pageLinks(request.url, answer.position);
  if (links !== undefined) reply.header('link', links);
  if (isNoneMatch(request.headers['if-none-match'], answer.etag)) {
    reply.status(304);
    return undefined;
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  return answer.body;
}

type TagOf = (value: never) => string;

/** Sets the `ETag` from the thing in the answer, replayed ones included. */
class EntityTagInterceptor implements NestInterceptor {
  constructor(private readonly tagOf: TagOf) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: unknown) => {
        const thing: unknown = typeof answer === 'string' && answer.startsWith('{') ? JSON.parse(answer) : answer;
        if (typeof thing === 'object' && thing !== null) reply.header('etag', this.tagOf(thing as never));
        return answer;
      }),
    );
  }
}

const TEXT = { type: 'string' } as const;

/** A GET whose handler answers {@link FinishedJson}: with ETag, X-Cache and Link, or 304 to who has it already. */
export function Conditional(type: new () => object): MethodDecorator {
  return applyDecorators(
    UseInterceptors(new FinishedJsonInterceptor()),
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

/** A write whose answer is a thing with an entity tag of its own. */
export function Tagged<T extends object>(tagOf: (value: T) => string): MethodDecorator {
  return Around('header', new EntityTagInterceptor(tagOf));
}

/** A write that honours If-Match; the service compares the tags with the thing as it is in the transaction. */
export function Preconditioned(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'If-Match', required: false, description: 'ETag of what the client means to change.' }),
    ApiResponse({ status: 412, description: '`version_mismatch`: it has changed since.' }),
  );
}
