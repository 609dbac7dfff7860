import {
  applyDecorators,
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, map, type Observable } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { callerId, principalOf } from '../security/principal.js';
import { SecretBox, type SecretUse } from '../security/secret-box.js';
import { Around } from './around.js';
import { type IdempotentRequest, idempotentRequest, StoredAnswer } from './idempotency.js';
import { IdempotencyRepository } from './idempotency.repository.js';

const IDEMPOTENT = 'tradepost:idempotent';

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
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(IdempotencyRepository) private readonly records: IdempotencyRepository,
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const keeper = this.reflector.get<Keeper | undefined>(IDEMPOTENT, context.getHandler());
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const answer = (value: unknown): unknown => (value instanceof StoredAnswer ? replay(reply, value) : value);
    const request = keeper === 'platform' || keeper === 'sealed' ? keyOf(context) : undefined;
    if (request === undefined) return next.handle().pipe(map(answer));
    return from(this.once(request, keeper === 'sealed', reply, next)).pipe(map(answer));
  }

  private async once(
    request: IdempotentRequest,
    sealed: boolean,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const earlier = await this.records.find(request);
    if (earlier !== undefined) return sealed ? this.opened(request, earlier) : earlier;
    return this.uow.run(async () => {
      const first = await this.records.claim(request, this.clock.now());
      if (first !== undefined) return sealed ? this.opened(request, first) : first;
      const value: unknown = await lastValueFrom(next.handle());
      const body = value === undefined ? '' : JSON.stringify(value);
      const kept = sealed ? this.box.seal(useOf(request), Buffer.from(body)).toString('base64') : body;
      await this.records.record(request, new StoredAnswer(reply.statusCode, kept));
      return value;
    });
  }

  private opened(request: IdempotentRequest, { status, body }: StoredAnswer): StoredAnswer {
    return new StoredAnswer(status, this.box.open(useOf(request), Buffer.from(body, 'base64')).toString());
  }
}

/**
 * Honours the Idempotency-Key header. With 'sealed' the remembered answer is encrypted. With 'service' the handler takes the request's key by `@IdempotencyKey()`,
 * keeps the record in the transaction of its effect, and may answer a {@link StoredAnswer}.
 */
export function Idempotent(keeper: Keeper = 'platform'): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, keeper),
    Around('record', IdempotencyInterceptor),
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

function replay(reply: FastifyReply, stored: StoredAnswer): string | undefined {
  reply.status(stored.status).header('idempotency-replayed', 'true');
  if (stored.body === '') return undefined;
  reply.header('content-type', 'application/json; charset=utf-8');
  return stored.body;
}
