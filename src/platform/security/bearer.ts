import type { IncomingHttpHeaders } from 'node:http';

/** What the guards look at of a request. */
export interface HttpRequest {
  readonly headers: IncomingHttpHeaders;
}

// RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1).
const BEARER = /^bearer +([\w~+/.-]+=*)$/i;

/** Whether a request carries credentials of any kind. */
export function hasCredentials(request: HttpRequest): boolean {
  const { authorization } = request.headers;
  return authorization !== undefined && authorization !== '';
}

/** The token of an Authorization header with the Bearer scheme. */
export function bearerOf(request: HttpRequest): string | undefined {
  return BEARER.exec(request.headers.authorization ?? '')?.[1];
}
