import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { hashToken } from '../../common/tokens.js';
import type { Permission, Role } from './permissions.js';

/** Someone who showed a valid access token. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  /** Id of the access token (RFC 7519, section 4.1.7). */
  readonly tokenId: string;
  /** The refresh family that the access token came with. */
  readonly familyId: string;
  /** Seconds since the epoch. */
  readonly tokenExpiresAt: number;
  /** A guest's cart token sent along with the bearer: that cart is taken over. */
  readonly cartToken: string | undefined;
}

/** Someone without an account: known, if at all, by the token of a cart. */
export interface GuestPrincipal {
  readonly kind: 'guest';
  readonly cartToken: string | undefined;
}

export type Principal = UserPrincipal | GuestPrincipal;

interface CarriesPrincipal {
  principal?: Principal;
}

/** Puts on the request who sent it; the guard does, once a request. */
export function setPrincipal(request: object, principal: Principal): void {
  (request as CarriesPrincipal).principal = principal;
}

/** Who sent the request. */
export function principalOf(request: object): Principal {
  return (request as CarriesPrincipal).principal ?? { kind: 'guest', cartToken: undefined };
}

/** Who a request's Idempotency-Key belongs to: the user, or the holder of a cart token, known by its hash alone. */
export function callerId(principal: Principal): string | undefined {
  if (principal.kind === 'user') return principal.userId;
  if (principal.cartToken === undefined) return undefined;
  const hex = hashToken(principal.cartToken).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

const fromContext = (context: ExecutionContext): Principal => principalOf(context.switchToHttp().getRequest<object>());

/** The sender of the request, with or without an account. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => fromContext(context));

/** The sender of the request, on routes that want a bearer. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const principal = fromContext(context);
  if (principal.kind !== 'user') throw new TokenMissing();
  return principal;
});

/** A route wants a bearer, and there is none. */
export class TokenMissing extends DomainError {
  constructor() {
    super('unauthenticated', 'token_missing', 'This needs an access token in the Authorization header.');
  }
}

/** The bearer lacks the permission that a route wants. */
export class Forbidden extends DomainError {
  constructor() {
    super('forbidden', 'forbidden', 'Your role does not allow this.');
  }
}
