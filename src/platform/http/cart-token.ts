import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Answer } from './answers.js';

/** A cart, and the token of the guest cart that was made for it, if one was. */
export class CartAnswer extends Answer {
  constructor(
    private readonly body: object,
    private readonly newToken: string | undefined,
  ) {
    super();
  }

  onto(reply: FastifyReply): object {
    if (this.newToken !== undefined) reply.header('cart-token', this.newToken);
    return this.body;
  }
}

/** A handler that may make a guest cart: 200, and by {@link CartAnswer} the `Cart-Token` that the guest sends from then on. */
export function AnswersCartToken(type: new () => object): MethodDecorator {
  return applyDecorators(
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
