import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InvalidInput } from '../../common/domain-error.js';
import { isToken } from '../../common/tokens.js';
import { ACCESS, type AccessRule, isOpenToGuests, permissionOf } from './access.js';
import type { AccessToken } from './access-token.js';
import { apiKeyOf } from './api-key.js';
import { ApiKeys } from './api-keys.js';
import { type HttpRequest, hasCredentials } from './bearer.js';
import { BearerTokens } from './bearer-tokens.js';
import { type Permission, ROLE_PERMISSIONS } from './permissions.js';
import { Forbidden, setPrincipal, type UserPrincipal } from './principal.js';

/** Keeps every route to those whom its `@Access` names; a route that names nobody is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(BearerTokens) private readonly tokens: BearerTokens,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS, targets);
    if (rule === undefined) throw new Forbidden();
    if (rule === 'public') return true;
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const key = apiKeyOf(request);
    if (key !== undefined) return this.machine(request, key, rule);
    const cartToken = isOpenToGuests(rule) ? cartTokenOf(request) : undefined;
    if (isOpenToGuests(rule) && !hasCredentials(request)) {
      setPrincipal(request, { kind: 'guest', cartToken });
      return true;
    }
    const admit = (token: AccessToken): boolean => {
      const principal = toPrincipal(token, cartToken);
      if (!isOpenToBearers(rule) && !principal.permissions.has(rule)) throw new Forbidden();
      setPrincipal(request, principal);
      return true;
    };
    const token = this.tokens.authenticate(context);
    return token instanceof Promise ? token.then(admit) : admit(token);
  }

  /** A key opens what its permissions name; a machine has no account, and so nothing of its own. */
  private async machine(request: HttpRequest, key: string, rule: AccessRule): Promise<true> {
    if (hasCredentials(request))
      throw InvalidInput.field('x-api-key', 'comes instead of an access token, not beside it');
    const principal = await this.keys.authenticate(key);
    const permission = permissionOf(rule);
    if (permission === undefined || !principal.permissions.has(permission)) throw new Forbidden();
    setPrincipal(request, principal);
    return true;
  }
}

function isOpenToBearers(rule: AccessRule): rule is Exclude<AccessRule, Permission> {
  return rule === 'bearer' || isOpenToGuests(rule);
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
