import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { TOO_LATE, within } from '../../common/within.js';

/** One event; `data` is what JSON can carry. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Proxies close connections on which nothing moves for a minute. */
const HEARTBEAT_MS = 15_000;

/** Makes the events that a client hears; ends when it is told to. */
export type EventSource = (signal: AbortSignal) => AsyncIterable<ServerEvent>;

/** The open streams of server-sent events of this process: when the server closes, they end first. */
@Injectable()
export class EventStreams {
  private readonly open = new Set<AbortController>();
  private closing = false;

  /** A stream of events, as text/event-stream, with a sign of life now and then. */
  of(source: EventSource, heartbeatMs = HEARTBEAT_MS): Readable {
    const end = new AbortController();
    if (this.closing) end.abort();
    this.open.add(end);
    const stream = new PassThrough();
    stream.once('close', () => {
      end.abort();
      this.open.delete(end);
    });
    pump(encode(source(end.signal), end.signal, heartbeatMs), stream).catch((error: Error) => stream.destroy(error));
    return stream;
  }

  /** Ends every stream, and each that is asked for from now on. */
  endAll(): void {
    this.closing = true;
    for (const end of this.open) end.abort();
  }
}

/** At the pace of the client; what it no longer takes ends with its connection. */
async function pump(texts: AsyncIterable<string>, stream: PassThrough): Promise<void> {
  for await (const text of texts) {
    if (stream.destroyed) return;
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
  }
  stream.end();
}

async function* encode(
  events: AsyncIterable<ServerEvent>,
  signal: AbortSignal,
  heartbeatMs: number,
): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    // Before the first event, so that the client knows that it is connected, and when to come back.
    yield 'retry: 2000\n\n';
    let next = iterator.next();
    while (!signal.aborted) {
      const event = await within(heartbeatMs, next);
      if (event === TOO_LATE) {
        yield ': still here\n\n';
        continue;
      }
      if (event.done === true) return;
      yield `event: ${event.value.event}\ndata: ${JSON.stringify(event.value.data)}\n\n`;
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}

class EventStreamInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((stream: unknown) => {
        // Proxies would gather events and pass them on late.
        reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
        return stream;
      }),
    );
  }
}

/** A GET whose handler answers a stream of {@link EventStreams}. */
export function ServerSentEvents(description: string): MethodDecorator {
  return applyDecorators(
    UseInterceptors(new EventStreamInterceptor()),
    ApiOkResponse({ description, content: { 'text/event-stream': { schema: { type: 'string' } } } }),
  );
}

/** The open event streams of the process. */
@Module({ providers: [EventStreams], exports: [EventStreams] })
export class EventStreamsModule {}
