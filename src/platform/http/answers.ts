import { ServerResponse } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

/**
 * What a handler answers that is more than a body. Interceptors could do what it does; but Nest spends as much on passing a
 * small request through one as on all of its guards.
 */
export abstract class Answer {
  /** Says on the reply what there is to say, and gives the body. */
  abstract onto(reply: FastifyReply): unknown;
}

/** What a route says about every answer in its header, replayed ones included: see {@link Created} and {@link Tagged}. */
export interface Heading {
  /** Where things lie that have an id. */
  readonly location?: string;
  readonly tagOf?: (thing: never) => string;
  /** What becomes of what its handler gives: see {@link Conditional}. */
  readonly answerOf?: (given: never) => Answer;
}

/** Sends the answers of handlers. */
export class AnsweringAdapter extends FastifyAdapter {
  override reply(reply: FastifyReply | ServerResponse, given: unknown, status?: number): FastifyReply {
    // Nest answers raw responses where there is middleware; here is none.
    if (reply instanceof ServerResponse) return super.reply(reply, given, status);
    if (status !== undefined) reply.status(status);
    const heading = reply.request.routeOptions.config as Heading;
    const answer = heading.answerOf === undefined ? given : heading.answerOf(given as never);
    const body = answer instanceof Answer ? answer.onto(reply) : answer;
    if (heading.location !== undefined || heading.tagOf !== undefined) head(reply, heading, body);
    return super.reply(reply, body);
  }
}

function head(reply: FastifyReply, { location, tagOf }: Heading, body: unknown): void {
  const thing: unknown = typeof body === 'string' && body.startsWith('{') ? JSON.parse(body) : body;
  if (typeof thing !== 'object' || thing === null) return;
  if (location !== undefined && 'id' in thing && typeof thing.id === 'string') {
    reply.header('location', `${location}/${thing.id}`);
  }
  if (tagOf !== undefined) reply.header('etag', tagOf(thing as never));
}
