import type { Server, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/**
 * Lets a server that closes answer every request that it has begun to read, and then hang up. Node alone would wait for
 * clients: for those that keep a connection they were answered on, those that have sent nothing yet, and, since it no
 * longer looks for late requests once it closes, those that never send the rest.
 */
export class Draining {
  private readonly open = new Set<ServerResponse>();
  private waiting = 0;
  private begun = false;

  /** @param patienceMs how long a request may go on arriving */
  constructor(
    private readonly server: FastifyInstance,
    patienceMs: number,
  ) {
    this.spareReaders(server.server);
    server.addHook('onRequest', (_request, reply, done) => {
      this.hold(reply.raw);
      done();
    });
    server.addHook('preClose', (done) => {
      this.begin(patienceMs);
      done();
    });
  }

  /** Whether the server closes: each answer from now on ends its connection. */
  get closing(): boolean {
    return this.begun;
  }

  /** Waits for an answer to be sent, or its connection to be lost. */
  hold(answer: ServerResponse): void {
    this.open.add(answer);
    answer.once('close', () => {
      this.open.delete(answer);
      this.look();
    });
  }

  /** Waits until {@link resume} is called as often: for requests that wait themselves before they are taken up. */
  pause(): void {
    this.waiting += 1;
  }

  resume(): void {
    this.waiting -= 1;
    this.look();
  }

  private begin(patienceMs: number): void {
    this.begun = true;
    for (const answer of this.open) if (!answer.headersSent) answer.setHeader('connection', 'close');
    const impatience = setTimeout(() => {
      for (const { req } of this.open) if (!req.complete) req.destroy();
    }, patienceMs).unref();
    this.server.server.once('close', () => clearTimeout(impatience));
    this.look();
  }

  /**
   * Once an answer is written to its end, Node takes its connection for idle, however much of it the client has yet to
   * read, and hangs up on it when the server closes.
   */
  private spareReaders(server: Server): void {
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => {
      const sockets = [...this.open].flatMap(({ socket }) => socket ?? []);
      for (const socket of sockets) socket.destroy = () => socket;
      closeIdle();
      for (const socket of sockets) Reflect.deleteProperty(socket, 'destroy');
    };
  }

  private look(): void {
    if (this.begun) setImmediate(() => this.hangUp());
  }

  private hangUp(): void {
    if (this.open.size === 0 && this.waiting === 0) this.server.server.closeAllConnections();
  }
}
