import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Answer } from './answers.js';

/** A cart, and the token of the guest cart that was made for it, if one was. */
export class CartAnswer extends Answer {
  constructor(private readonly filled: { readonly body: object; readonly newToken: string | undefined }) {
    super();
  }

  onto(reply: FastifyReply): object {
    const { body, newToken } = this.filled;
    if (newToken !== undefined) reply.header('cart-token', newToken);
    return body;
  }
}

/** A handler that may make a guest cart: 200, and by {@link CartAnswer} the `Cart-Token` that the guest sends from then on. */
export function AnswersCartToken(type: new () => object): MethodDecorator {
  return ApiOkResponse({
    type,
    headers: {
      'Cart-Token': {
        description: 'The token of a cart made just now for a guest: send it along from now on.',
        schema: { type: 'string' },
      },
    },
  });
}
