import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { callerId, principalOf } from '../security/principal.js';
import { SecretBox, type SecretUse } from '../security/secret-box.js';
import { type IdempotentRequest, idempotentRequest, StoredAnswer } from './idempotency.js';
import { OncePerKey } from './once-per-key.js';

const IDEMPOTENT = 'tradepost:idempotent';

/** Puts an interceptor around whatever a handler has from `UseInterceptors`, in whatever order its decorators stand. */
function Outermost(interceptor: Type<NestInterceptor>): MethodDecorator {
  return (_target, _name, descriptor: PropertyDescriptor) => {
    const handler: object = descriptor.value;
    const present: unknown = Reflect.getMetadata(INTERCEPTORS_METADATA, handler);
    Reflect.defineMetadata(INTERCEPTORS_METADATA, [interceptor, ...(Array.isArray(present) ? present : [])], handler);
  };
}

/**
 * Who keeps the record: the platform, around a handler that only touches the database, or the service itself. `sealed`:
 * the platform, which encrypts the answer, since the database keeps what stands in it nowhere else.
 */
type Keeper = 'platform' | 'sealed' | 'service';

const useOf = ({ caller }: IdempotentRequest): SecretUse => ({ purpose: 'tradepost remembered answer', owner: caller });

/** The key of the request, for services that keep the record themselves. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) => keyOf(context));

function keyOf(context: ExecutionContext): IdempotentRequest | undefined {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const path = request.url.split('?', 1)[0] ?? request.url;
  const caller = callerId(principalOf(request));
  return idempotentRequest(request.headers['idempotency-key'], caller, request.method, path, request.body);
}

/** Repeats first answers, and records them in the transaction of their effect. Refusals and failures are not kept. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(OncePerKey) private readonly once: OncePerKey,
    @Inject(SecretBox) private readonly box: SecretBox,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = keyOf(context);
    if (request === undefined) return next.handle();
    const sealed = this.reflector.get<Keeper>(IDEMPOTENT, context.getHandler()) === 'sealed';
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const answerOf = (value: unknown): StoredAnswer => {
      const body = value === undefined ? '' : JSON.stringify(value);
      return new StoredAnswer(reply.statusCode, sealed ? this.sealed(request, body) : body);
    };
    const answer = this.once.run<unknown>(request, () => lastValueFrom(next.handle()), answerOf);
    return from(sealed ? answer.then((value) => this.opened(request, value)) : answer);
  }

  private sealed(request: IdempotentRequest, body: string): string {
    return this.box.seal(useOf(request), Buffer.from(body)).toString('base64');
  }

  private opened(request: IdempotentRequest, value: unknown): unknown {
    if (!(value instanceof StoredAnswer)) return value;
    return new StoredAnswer(value.status, this.box.open(useOf(request), Buffer.from(value.body, 'base64')).toString());
  }
}

/**
 * Honours the Idempotency-Key header. With 'sealed' the remembered answer is encrypted. With 'service' the handler takes the
 * request's key by `@IdempotencyKey()`, keeps the record in the transaction of its effect, and may answer a
 * {@link StoredAnswer}.
 */
export function Idempotent(keeper: Keeper = 'platform'): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, keeper),
    ...(keeper === 'service' ? [] : [Outermost(IdempotencyInterceptor)]),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes the request safe to repeat: the same key with the same body gives the first answer again, with ' +
        '`Idempotency-Replayed: true`; with another body 422 `idempotency_key_reused`; while the first is running 409 ' +
        '`idempotency_in_progress` with `Retry-After`. Kept for 24 hours.',
    }),
  );
}
