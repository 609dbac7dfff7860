import type { Readable } from 'node:stream';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../common/domain-error.js';
import { TOO_LATE, within } from '../../common/within.js';
import { RouteSetting } from './route-setting.js';

/** How long an answered client may go on sending what nobody reads any more, before its connection is closed. */
const LINGER_MS = 2_000;

/** No upload takes longer, however steadily it arrives. */
const LONGEST_MS = 3_600_000;

/** A body that is read while it arrives. */
export interface Upload {
  /** Media type without its parameters, in lower case. */
  readonly mediaType: string;
  /** Whether the sender says that it is compressed. */
  readonly gzip: boolean;
  /** Bytes that the sender announces; undefined where it does not. */
  readonly length: number | undefined;
  /**
   * The body, as it was sent; read once, and at the reader's pace.
   * @throws {UploadBroken} where it breaks off or stops arriving
   */
  readonly bytes: AsyncIterable<Buffer>;
}

/** The body did not arrive whole. */
export class UploadBroken extends DomainError {
  constructor(why: string) {
    super('invalid', 'upload_broken', `The body did not arrive whole: ${why}.`);
  }
}

class UnsupportedBody extends DomainError {
  constructor(message: string) {
    super('unsupported', 'unsupported_media_type', message);
  }
}

interface StreamConfig {
  readonly streamed?: readonly string[];
}

/** Whether a request is for a handler that reads its body as it arrives, however long that takes. */
export function isStreamed(request: FastifyRequest): boolean {
  return (request.routeOptions.config as StreamConfig | undefined)?.streamed !== undefined;
}

/** A handler that takes its body by {@link Uploaded}, as it arrives, of these media types and no others. */
export function StreamedBody(description: string, ...types: readonly string[]): MethodDecorator {
  return applyDecorators(
    RouteSetting({ streamed: types }),
    ApiConsumes(...types),
    ApiBody({ description, required: true, schema: { type: 'string', format: 'binary' } }),
    ApiHeader({ name: 'Content-Encoding', required: false, description: '`gzip`, where the body is compressed.' }),
  );
}

/** The body of a {@link StreamedBody} handler. */
export const Uploaded = createParamDecorator(
  (_: unknown, context: ExecutionContext): Upload => uploadOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

function uploadOf({ body, headers, routeOptions }: FastifyRequest): Upload {
  const types = (routeOptions.config as StreamConfig | undefined)?.streamed ?? [];
  const [mediaType = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(/\s*;\s*/);
  if (!(body instanceof ArrivingBody) || !types.includes(mediaType)) {
    throw new UnsupportedBody(`The body must be ${types.join(' or ')}.`);
  }
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    throw new UnsupportedBody(`The body must be UTF-8, not ${charset}.`);
  }
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!['identity', 'gzip', 'x-gzip'].includes(encoding)) {
    throw new UnsupportedBody('The only Content-Encoding that is read is gzip.');
  }
  const announced = headers['content-length'];
  const length = announced === undefined ? undefined : Number(announced);
  return { mediaType, gzip: encoding !== 'identity', length, bytes: body.bytes() };
}

/** What stands for the body of a request until a handler reads it. */
class ArrivingBody {
  constructor(
    private readonly payload: Readable,
    private readonly idleMs: number,
  ) {}

  async *bytes(): AsyncGenerator<Buffer> {
    const end = performance.now() + LONGEST_MS;
    // Destroyed with its reader, the connection could not carry the answer that says why reading ended.
    const pieces = this.payload.iterator({ destroyOnReturn: false });
    try {
      for (;;) {
        const patience = Math.max(Math.min(this.idleMs, end - performance.now()), 0);
        const next = await within(patience, nextOf(pieces));
        if (next === TOO_LATE) throw new UploadBroken('nothing came for too long');
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Not awaited: behind a piece that never comes it would wait for ever.
      pieces.return?.()?.catch(() => undefined);
    }
  }
}

async function nextOf(pieces: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
  try {
    return await pieces.next();
  } catch {
    throw new UploadBroken('the connection broke');
  }
}

/**
 * Hands bodies of these media types to the handlers that stream them; everywhere else they are refused with 415. Who
 * was answered before the end of the body may go on for a moment, so that the answer is read and not lost to a reset.
 * @param idleMs longest wait for the next piece of a body
 */
export function acceptStreams(server: FastifyInstance, idleMs: number, types: readonly string[]): void {
  server.addContentTypeParser([...types], (request, payload, done) => {
    if (isStreamed(request)) done(null, new ArrivingBody(payload, idleMs));
    else done(new UnsupportedBody('This takes no body of that type.'));
  });
  server.addHook('onResponse', (request, _reply, done) => {
    const { raw } = request;
    if (isStreamed(request) && !raw.complete && !raw.destroyed) {
      raw.resume();
      setTimeout(() => {
        if (!raw.complete) raw.destroy();
      }, LINGER_MS).unref();
    }
    done();
  });
}
