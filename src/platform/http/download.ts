import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

/** A file that is made while it is sent. */
export class Download {
  constructor(
    readonly name: string,
    readonly mediaType: string,
    readonly content: AsyncIterable<string | Buffer>,
  ) {}

  /** A CSV file that is made already. */
  static csv(name: string, text: string): Download {
    const content = (async function* () {
      yield text;
    })();
    return new Download(name, 'text/csv; charset=utf-8; header=present', content);
  }
}

/** Whether a client takes gzip (RFC 9110, section 12.5.3). */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const codings = (acceptEncoding ?? '').toLowerCase().split(',');
  const weights = new Map(
    codings.map((coding) => {
      const [name = '', ...parameters] = coding.trim().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return [name, weight === undefined ? 1 : Number(weight.slice(2))];
    }),
  );
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}

class DownloadInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next
      .handle()
      .pipe(map((value: unknown) => (value instanceof Download ? send(request, reply, value) : value)));
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { name, mediaType, content }: Download): Readable {
  reply
    .header('content-type', mediaType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('vary', 'Accept, Accept-Encoding');
  const plain = Readable.from(content, { objectMode: false });
  const packs = takesGzip(request.headers['accept-encoding']);
  if (packs) reply.header('content-encoding', 'gzip');
  const sent = packs ? createGzip() : new PassThrough();
  // A failure reaches the stream that is sent: its connection is cut, and nobody takes what came for the whole.
  return pipeline(plain, sent, () => undefined);
}

/**
 * A GET whose handler answers a {@link Download}, compressed for who takes that.
 * @param json what it answers instead to who asks for that
 */
export function Downloads(description: string, types: readonly string[], json?: Type): MethodDecorator {
  const text = { schema: { type: 'string' as const } };
  const files = Object.fromEntries(types.map((type) => [type, text]));
  const content = json ? { 'application/json': { schema: { $ref: getSchemaPath(json) } }, ...files } : files;
  return applyDecorators(
    UseInterceptors(new DownloadInterceptor()),
    ...(json ? [ApiExtraModels(json)] : []),
    ApiHeader({ name: 'Accept-Encoding', required: false, description: '`gzip` compresses the file on its way.' }),
    ApiOkResponse({ description, content }),
  );
}
