import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Answer, type Heading } from './answers.js';
import { type FinishedJson, isNoneMatch } from './conditional.js';
import { pageLinks } from './links.js';
import { RouteSetting } from './route-setting.js';

/** Sends finished JSON, and has the fast lane remember it. */
class FinishedAnswer extends Answer {
  constructor(private readonly json: FinishedJson) {
    super();
  }

  override onto(reply: FastifyReply): Buffer | undefined {
    const { json } = this;
    const { request, server } = reply;
    server.remember(request, json);
    // Caches in between may keep it and must ask again: what the shop answers is never older than its last write.
    reply.header('etag', json.etag).header('x-cache', json.cache).header('cache-control', 'no-cache');
    const links = json.position === undefined ? undefined : pageLinks(request.url, json.position);
    if (links !== undefined) reply.header('link', links);
    if (isNoneMatch(request.headers['if-none-match'], json.etag)) {
      reply.status(304);
      // To HEAD, Fastify tells the length of what it is given; an empty one would be wrong (RFC 9110, section 8.6).
      if (request.method !== 'HEAD') return undefined;
    }
    reply.header('content-type', 'application/json; charset=utf-8');
    return json.body;
  }
}

const TEXT = { type: 'string' } as const;

/**
 * A public GET whose handler answers {@link FinishedJson}: with ETag, X-Cache and Link, or 304 to who has it already.
 * The answer may depend on nothing of the request but its URL, and requests count as reads: the fast lane, which answers
 * the next ones, knows nothing else of them.
 */
export function Conditional(type: new () => object): MethodDecorator {
  return applyDecorators(
    RouteSetting({ answerOf: (json: FinishedJson) => new FinishedAnswer(json) } satisfies Heading),
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
