import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** What a handler under {@link MayRedirect} gives to send a browser elsewhere. */
export class Redirection {
  /** @param url absolute; never one that came with the request, unless it was found in a list of ours */
  constructor(readonly url: string) {}
}

@Injectable()
export class RedirectionInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!(answer instanceof Redirection)) return answer;
        reply.status(302).header('location', answer.url);
        return undefined;
      }),
    );
  }
}

/** A handler that answers, or sends the browser elsewhere (302) by a {@link Redirection}. */
export function MayRedirect(): MethodDecorator {
  return UseInterceptors(RedirectionInterceptor);
}
