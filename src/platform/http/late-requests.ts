import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuseClientError } from './client-errors.js';
import { isStreamed } from './streamed-body.js';

/**
 * Cuts off clients that take too long to send a body, as Node would by its `requestTimeout`, which knows no exception:
 * a body that is read while it arrives has a limit of its own. Node itself looks after heads that do not end.
 * @param everyMs how often it is looked for them
 */
export function cutOffLateBodies(server: FastifyInstance, timeoutMs: number, everyMs: number): void {
  const arriving = new Map<FastifyRequest, number>();
  server.addHook('onRequest', (request, _reply, done) => {
    if (hasBody(request) && !isStreamed(request)) arriving.set(request, performance.now());
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    arriving.delete(request);
    done();
  });
  const timer = setInterval(() => {
    const oldest = performance.now() - timeoutMs;
    for (const [{ raw }, since] of arriving) {
      if (since < oldest && !raw.complete) refuseClientError(new RequestTimeout(), raw.socket);
    }
  }, everyMs).unref();
  server.addHook('onClose', (_server, done) => {
    clearInterval(timer);
    done();
  });
}

class RequestTimeout extends Error {
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT';
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
