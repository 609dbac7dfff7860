import { createHash } from 'node:crypto';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { isNoneMatch } from './conditional.js';

/** A file that is there as a whole, and is the same whenever it is asked for. */
export class FinishedFile {
  /** Strong entity tag, with its quotes. */
  readonly etag: string;

  /** @param name of ASCII letters, digits, dots and hyphens */
  constructor(
    readonly name: string,
    readonly mediaType: string,
    readonly body: Buffer,
  ) {
    this.etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  }
}

class FinishedFileInterceptor implements NestInterceptor<FinishedFile, Buffer | undefined> {
  intercept(context: ExecutionContext, next: CallHandler<FinishedFile>): Observable<Buffer | undefined> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(map((file) => send(request, reply, file)));
  }
}

function send(request: FastifyRequest, reply: FastifyReply, file: FinishedFile): Buffer | undefined {
  // It is somebody's own: a browser may keep it and must ask again, and nobody in between may keep it.
  reply.header('etag', file.etag).header('cache-control', 'private, no-cache');
  if (isNoneMatch(request.headers['if-none-match'], file.etag)) {
    reply.status(304);
    // To HEAD, Fastify tells the length of what it is given; an empty one would be wrong (RFC 9110, section 8.6).
    if (request.method !== 'HEAD') return undefined;
  }
  reply.header('content-type', file.mediaType).header('content-disposition', `attachment; filename="${file.name}"`);
  return file.body;
}

/** A GET whose handler answers a {@link FinishedFile}: with its name and ETag, or 304 to who has it already. */
export function AnswersFile(mediaType: string, format: 'binary' | undefined, description: string): MethodDecorator {
  const text = { schema: { type: 'string' as const } };
  return applyDecorators(
    UseInterceptors(new FinishedFileInterceptor()),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'ETags that the client has; 304 if current.' }),
    ApiOkResponse({
      description,
      content: { [mediaType]: { schema: { type: 'string', ...(format === undefined ? {} : { format }) } } },
      headers: {
        ETag: { description: 'Strong entity tag: the same file has the same.', ...text },
        'Content-Disposition': { description: 'The name of the file, made from the number.', ...text },
      },
    }),
    ApiResponse({ status: 304, description: 'The client has it already.' }),
  );
}
