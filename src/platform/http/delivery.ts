import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** What becomes of the answer to a request. In an object, since Nest would wait for a promise before it calls. */
export interface AnswerDelivery {
  /** Whether the answer went out whole before the connection closed; what the network then did with it is not known. */
  readonly sent: Promise<boolean>;
}

/** The fate of the answer that the handler is about to give. */
export const Delivery = createParamDecorator((_: unknown, context: ExecutionContext): AnswerDelivery => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  if (raw.destroyed) return { sent: Promise.resolve(false) };
  return { sent: new Promise((resolve) => raw.once('close', () => resolve(raw.writableFinished))) };
});
