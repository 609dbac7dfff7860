import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InvalidInput } from '../../common/domain-error.js';
import { isToken } from '../../common/tokens.js';
import { ACCESS, type AccessRule } from './access.js';
import type { AccessToken } from './access-token.js';
import { type HttpRequest, hasCredentials } from './bearer.js';
import { BearerTokens } from './bearer-tokens.js';
import { ROLE_PERMISSIONS } from './permissions.js';
import { Forbidden, setPrincipal, type UserPrincipal } from './principal.js';

/** Keeps every route to those whom its `@Access` names; a route that names nobody is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(BearerTokens) private readonly tokens: BearerTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS, targets);
    if (rule === undefined) throw new Forbidden();
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const cartToken = rule === 'guest' ? cartTokenOf(request) : undefined;
    if (rule === 'guest' && !hasCredentials(request)) {
      setPrincipal(request, { kind: 'guest', cartToken });
      return true;
    }
    const principal = toPrincipal(await this.tokens.authenticate(context), cartToken);
    if (rule !== 'guest' && rule !== 'bearer' && !principal.permissions.has(rule)) throw new Forbidden();
    setPrincipal(request, principal);
    return true;
  }
}

function toPrincipal(token: AccessToken, cartToken: string | undefined): UserPrincipal {
  return {
    kind: 'user',
    userId: token.userId,
    role: token.role,
    permissions: ROLE_PERMISSIONS[token.role],
    tokenId: token.tokenId,
    familyId: token.familyId,
    tokenExpiresAt: token.expiresAt,
    cartToken,
  };
}

function cartTokenOf(request: HttpRequest): string | undefined {
  const header = request.headers['cart-token'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !isToken(header)) {
    throw InvalidInput.field('Cart-Token', 'is not the token of a cart');
  }
  return header;
}
