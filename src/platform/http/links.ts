import { type CallHandler, type ExecutionContext, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/** Where in a list an answer lies; `page` is absent under keyset paging. */
export interface PagePosition {
  readonly page?: number | undefined;
  readonly perPage: number;
  readonly nextCursor: string | null;
}

/** The deepest row that a page by number may start at; what lies beyond is reached by cursor. */
const MAX_OFFSET = 10_000;

/**
 * The `Link` header of a list (RFC 8288, section 3): `next` and `prev`, relative to the request, its other parameters
 * kept. Keyset paging goes forward only, so it has no `prev`.
 * @param url path and query of the request
 * @returns undefined where there is neither
 */
export function pageLinks(url: string, position: PagePosition): string | undefined {
  const links: string[] = [];
  const { page, perPage, nextCursor } = position;
  if (nextCursor !== null) {
    const byNumber = page !== undefined && page * perPage <= MAX_OFFSET;
    links.push(`<${withQuery(url, byNumber ? { page: String(page + 1) } : { cursor: nextCursor })}>; rel="next"`);
  }
  if (page !== undefined && page > 1) links.push(`<${withQuery(url, { page: String(page - 1) })}>; rel="prev"`);
  return links.length === 0 ? undefined : links.join(', ');
}

function withQuery(url: string, position: Readonly<Record<string, string>>): string {
  const target = new URL(url, 'http://host');
  target.searchParams.delete('page');
  target.searchParams.delete('cursor');
  for (const [name, value] of Object.entries(position)) target.searchParams.set(name, value);
  return `${target.pathname}${target.search}`;
}

function isPage(value: unknown): value is PagePosition {
  return typeof value === 'object' && value !== null && 'items' in value && 'perPage' in value && 'nextCursor' in value;
}

class LinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { url } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((value: unknown) => {
        const links = isPage(value) ? pageLinks(url, value) : undefined;
        if (links !== undefined) reply.header('link', links);
        return value;
      }),
    );
  }
}

/** A handler that answers a page of a list: the `Link` header tells where the next and the previous are. */
export function Linked(): MethodDecorator {
  return UseInterceptors(new LinkInterceptor()) as MethodDecorator;
}
