import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/** A cookie of ours, out of reach of scripts. */
export interface NewCookie {
  readonly name: string;
  /** Letters, digits, `-` and `_`, as tokens are made of. */
  readonly value: string;
  readonly seconds: number;
  /** Never sent without TLS. */
  readonly secure: boolean;
}

/** What a handler under {@link AnswersCookie} gives. */
export interface WithCookie<T> {
  readonly body: T;
  readonly cookie: NewCookie;
}

/**
 * The `Set-Cookie` header (RFC 6265, section 4.1). `Lax`: another site may send the browser here with it by a link,
 * as OpenID providers do, but not by a form or a script.
 */
export function formatCookie({ name, value, seconds, secure }: NewCookie): string {
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** The value of a cookie in a `Cookie` header (RFC 6265, section 4.2); the first, where a name stands there twice. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return undefined;
}

@Injectable()
export class CookieInterceptor implements NestInterceptor<WithCookie<unknown>, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<WithCookie<unknown>>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ body, cookie }) => {
        reply.header('set-cookie', formatCookie(cookie));
        return body;
      }),
    );
  }
}

/** A handler whose answer sets a cookie. */
export function AnswersCookie(): MethodDecorator {
  return UseInterceptors(CookieInterceptor);
}

/** The cookie of a name that came with the request. */
export const RequestCookie = createParamDecorator((name: string, context: ExecutionContext) =>
  readCookie(context.switchToHttp().getRequest<FastifyRequest>().headers.cookie, name),
);

/** The query of the request as it came, for what somebody else decides the parameters of. */
export const QueryString = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { url } = context.switchToHttp().getRequest<FastifyRequest>();
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
});
