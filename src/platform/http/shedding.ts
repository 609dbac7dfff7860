import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Admission, Admissions } from './admissions.js';
import { sendProblem } from './problem.filter.js';
import { RouteSetting } from './route-setting.js';

interface LeadsTo {
  readonly leadsTo?: string;
}

/** Marks a route whose requests end up in a bottleneck, so that the surplus is refused before anything is done for it. */
export const LeadsTo = (bottleneck: string): MethodDecorator => RouteSetting({ leadsTo: bottleneck } satisfies LeadsTo);

const shed = new WeakSet<FastifyRequest>();

/** Whether a request was refused because too many others were on their way to the same work. */
export const wasShed = (request: FastifyRequest): boolean => shed.has(request);

/**
 * Answers what would be refused in the end anyway while it costs next to nothing: before its body is read, anybody asks
 * who sent it, or the database is troubled. A thousand at once are a thousand short answers, and the requests between
 * them hardly wait.
 */
export function shedSurplus(server: FastifyInstance, admissions: Admissions): void {
  const admissionOf = ({ routeOptions }: FastifyRequest): Admission | undefined => {
    const { leadsTo } = routeOptions.config as LeadsTo;
    return leadsTo === undefined ? undefined : admissions.to(leadsTo);
  };
  server.addHook('onRequest', (request, reply, done) => {
    const refusal = admissionOf(request)?.refusal;
    if (refusal === undefined) return done();
    shed.add(request);
    return sendProblem(reply, request, refusal);
  });
  // Only who has sent all of a request takes a place: those that send it drop by drop would keep everybody else out.
  server.addHook('preValidation', (request, reply, done) => {
    const admission = admissionOf(request);
    // Whose sender has hung up in the meantime, nobody would notice leaving.
    if (admission === undefined || reply.raw.destroyed) return done();
    if (admission.refusal !== undefined) {
      shed.add(request);
      return sendProblem(reply, request, admission.refusal);
    }
    admission.enter();
    reply.raw.once('close', () => admission.leave());
    return done();
  });
}
