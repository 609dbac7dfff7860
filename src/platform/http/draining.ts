import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Lets a server that closes answer every request that it has begun to read, and then hang up. Node alone would wait for
 * clients: for those that keep a connection they were answered on, those that have sent nothing yet, and, since it no
 * longer looks for late requests once it closes, those that never send the rest.
 * @param patienceMs how long a request may go on arriving
 */
export function drainOnClose(server: FastifyInstance, patienceMs: number): void {
  const open = new Set<FastifyReply>();
  let closing = false;
  const hangUp = (): void => {
    if (closing && open.size === 0) server.server.closeAllConnections();
  };
  server.addHook('onRequest', (_request, reply, done) => {
    open.add(reply);
    reply.raw.once('close', () => {
      open.delete(reply);
      if (closing) setImmediate(hangUp);
    });
    done();
  });
  server.addHook('preClose', (done) => {
    closing = true;
    for (const reply of open) if (!reply.raw.headersSent) reply.header('connection', 'close');
    setTimeout(() => {
      for (const { request } of open) if (!request.raw.complete) request.raw.destroy();
    }, patienceMs).unref();
    setImmediate(hangUp);
    done();
  });
}
