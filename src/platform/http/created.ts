import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  HttpCode,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Around } from './around.js';

/** A handler that makes a thing: 201, with its address in `Location` (RFC 9110, section 15.3.2). */
export function Created(type: Type, base: string): MethodDecorator {
  return applyDecorators(
    HttpCode(201),
    Around('header', new LocationInterceptor(base)),
    ApiResponse({
      status: 201,
      type,
      headers: { Location: { description: 'Address of what was made.', schema: { type: 'string' } } },
    }),
  );
}

/** Sets the `Location` from the id in the answer, replayed ones included. */
class LocationInterceptor implements NestInterceptor {
  constructor(private readonly base: string) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((body: unknown) => {
        const id = idOf(body);
        if (id !== undefined) reply.header('location', `${this.base}/${id}`);
        return body;
      }),
    );
  }
}

function idOf(body: unknown): string | undefined {
  const value: unknown = typeof body === 'string' && body.startsWith('{') ? JSON.parse(body) : body;
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : undefined;
}
