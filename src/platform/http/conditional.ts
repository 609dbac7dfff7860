import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Heading } from './answers.js';
import type { PagePosition } from './links.js';
import { RouteSetting } from './route-setting.js';

/** JSON that needs no more work before it is sent, and what is said about it in the header. */
export interface FinishedJson {
  readonly body: Buffer;
  /** Each byte of it as a character; made by who sends it so. */
  text?: string;
  /** Strong entity tag, with its quotes. */
  readonly etag: string;
  /** Whether the body came out of a cache. */
  readonly cache: 'HIT' | 'MISS';
  /** Where in a list it lies. */
  readonly position?: PagePosition | undefined;
  /** The same as it is at a later time, where that can be told without asking the database. */
  readonly again?: () => FinishedJson | undefined;
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

/** A write whose answer is a thing with an entity tag of its own, in `ETag`. */
export function Tagged<T extends object>(tagOf: (thing: T) => string): MethodDecorator {
  return RouteSetting({ tagOf } satisfies Heading);
}

/** A write that honours If-Match; the service compares the tags with the thing as it is in the transaction. */
export function Preconditioned(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'If-Match', required: false, description: 'ETag of what the client means to change.' }),
    ApiResponse({ status: 412, description: '`version_mismatch`: it has changed since.' }),
  );
}
