import type { FastifyInstance } from 'fastify';
import type { RequestStats } from '../observability/request-stats.js';

/** Counts each answered request by its route; those that match none count as one, whatever their path. */
export function registerRequestMetrics(fastify: FastifyInstance, stats: RequestStats): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched';
    stats.record(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}
