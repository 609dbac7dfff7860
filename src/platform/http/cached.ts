import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { CachedJson } from '../cache/cached-json.js';
import { Download, Downloads } from './download.js';
import { pageLinks } from './links.js';

class CachedInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { url } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: CachedJson | Download) => {
        if (answer instanceof Download) return answer;
        const { json, cache, position } = answer;
        const links = position && pageLinks(url, position);
        if (links !== undefined) reply.header('link', links);
        reply.header('x-cache', cache).header('content-type', 'application/json; charset=utf-8');
        return json;
      }),
    );
  }
}

/** A handler that answers {@link CachedJson}: as it is, with X-Cache, and with Link where it is a page of a list. */
export function Cached(type: Type): MethodDecorator {
  const cache = { description: 'HIT or MISS.', schema: { type: 'string' as const } };
  return applyDecorators(
    UseInterceptors(new CachedInterceptor()),
    ApiOkResponse({ type, headers: { 'X-Cache': cache } }),
  );
}

/** A handler that answers {@link CachedJson}, or a table of it as a CSV {@link Download} to who asks for that. */
export function CachedTable(type: Type): MethodDecorator {
  return applyDecorators(
    Downloads('With X-Cache: HIT or MISS; as CSV the rows alone.', ['text/csv'], type),
    UseInterceptors(new CachedInterceptor()),
  );
}
