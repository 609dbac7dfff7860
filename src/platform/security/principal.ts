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

/** A machine that showed a valid API key. */
export interface MachinePrincipal {
  readonly kind: 'machine';
  readonly keyId: string;
  /** The member of staff who made the key, and whose role it never goes beyond. */
  readonly ownerId: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who may shop. */
export type Principal = UserPrincipal | GuestPrincipal;

/** Who may do what a permission allows. */
export type StaffPrincipal = UserPrincipal | MachinePrincipal;

/** Whoever may send a request. */
export type AnyPrincipal = Principal | MachinePrincipal;

interface CarriesPrincipal {
  principal?: AnyPrincipal;
}

/** Puts on the request who sent it; the guard does, once a request. */
export function setPrincipal(request: object, principal: AnyPrincipal): void {
  (request as CarriesPrincipal).principal = principal;
}

/** Who sent the request. */
export function principalOf(request: object): AnyPrincipal {
  return (request as CarriesPrincipal).principal ?? { kind: 'guest', cartToken: undefined };
}

/** The id under which ledgers and histories keep who did something: that of the user, or of the API key. */
export function actorIdOf(principal: StaffPrincipal): string {
  return principal.kind === 'user' ? principal.userId : principal.keyId;
}

/** The id of the person behind an act: the user, or who answers for the API key. */
export function personIdOf(principal: StaffPrincipal): string {
  return principal.kind === 'user' ? principal.userId : principal.ownerId;
}

/**
 * Who a request's Idempotency-Key belongs to: the user, the API key, or the holder of a cart token, known by its hash
 * alone.
 */
export function callerId(principal: AnyPrincipal): string | undefined {
  if (principal.kind !== 'guest') return actorIdOf(principal);
  if (principal.cartToken === undefined) return undefined;
  const hex = hashToken(principal.cartToken).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

const fromContext = (context: ExecutionContext): AnyPrincipal =>
  principalOf(context.switchToHttp().getRequest<object>());

/** The sender of the request, with or without an account. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = fromContext(context);
  if (principal.kind === 'machine') throw new Forbidden();
  return principal;
});

/** The sender of the request, on routes that want a bearer. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserPrincipal => {
  const principal = fromContext(context);
  if (principal.kind === 'machine') throw new Forbidden();
  if (principal.kind === 'guest') throw new TokenMissing();
  return principal;
});

/** The person or the machine that sent the request, on routes that want a permission. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext): StaffPrincipal => {
  const principal = fromContext(context);
  if (principal.kind === 'guest') throw new TokenMissing();
  return principal;
});

/** Whoever sent the request, on routes where guests, people and machines may each reach something. */
export const Sender = createParamDecorator(
  (_: unknown, context: ExecutionContext): AnyPrincipal => fromContext(context),
);

/** A route wants a bearer, and there is none. */
export class TokenMissing extends DomainError {
  constructor() {
    super('unauthenticated', 'token_missing', 'This needs an access token in the Authorization header.');
  }
}

/** The bearer or the API key lacks the permission that a route wants. */
export class Forbidden extends DomainError {
  constructor() {
    super('forbidden', 'forbidden', 'Your role or API key does not allow this.');
  }
}
