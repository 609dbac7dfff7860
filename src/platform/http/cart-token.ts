import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** What a handler under {@link AnswersCartToken} gives: the body, and the token of the guest cart it made, if it did. */
export interface WithCartToken<T> {
  readonly body: T;
  readonly newToken: string | undefined;
}

@Injectable()
export class CartTokenInterceptor implements NestInterceptor<WithCartToken<unknown>, unknown> {
  intercept(context: ExecutionContext, next: CallHandler<WithCartToken<unknown>>): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ body, newToken }) => {
        if (newToken !== undefined) reply.header('cart-token', newToken);
        return body;
      }),
    );
  }
}

/** A handler that may make a guest cart: 200, and the `Cart-Token` that the guest sends from then on. */
export function AnswersCartToken(type: new () => object): MethodDecorator {
  return applyDecorators(
    UseInterceptors(CartTokenInterceptor),
    ApiOkResponse({
      type,
      headers: {
        'Cart-Token': {
          description: 'The token of a cart made just now for a guest: send it along from now on.',
          schema: { type: 'string' },
        },
      },
    }),
  );
}
