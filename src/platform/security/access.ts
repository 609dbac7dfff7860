import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { Problem } from '../http/problem.js';
import { PERMISSIONS, type Permission } from './permissions.js';

export const ACCESS = 'tradepost:access';

/**
 * Who may call a route. `public`: anyone, tokens are not looked at. `guest`: anyone, a bearer if there is one, else a
 * `Cart-Token`. `bearer`: a valid access token. A permission: a bearer whose role holds it, or an API key that does.
 * `guest or` a permission: any bearer for what is their own, a guest for what is theirs by a `Cart-Token`, whoever holds
 * the permission for everything.
 */
export type AccessRule = 'public' | 'guest' | 'bearer' | `guest or ${Permission}` | Permission;

/** The permission that opens a route to those who hold it; undefined where none does. */
export function permissionOf(rule: AccessRule): Permission | undefined {
  const name = rule.replace(/^guest or /, '');
  return PERMISSIONS.find((permission) => permission === name);
}

/** Whether a rule lets those in who show no credentials. */
export function isOpenToGuests(rule: AccessRule): boolean {
  return rule === 'guest' || rule.startsWith('guest or ');
}

const problem = (status: number, description: string): MethodDecorator & ClassDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: problemRef } } });
const problemRef = { $ref: `#/components/schemas/${Problem.name}` };

const cartToken = ApiHeader({
  name: 'Cart-Token',
  required: false,
  description: 'Token of a guest cart, as its first write answered it.',
});

const refusalOf = (rule: AccessRule): string =>
  isOpenToGuests(rule)
    ? 'The access token is not valid, or there is neither one nor the `Cart-Token` that is needed.'
    : 'No valid access token.';

/** Declares who may call a route, or every route of a controller. A route without it is refused to everybody. */
export function Access(rule: AccessRule): MethodDecorator & ClassDecorator {
  const decorators = [SetMetadata(ACCESS, rule)];
  if (rule === 'public') return applyDecorators(...decorators);
  const guests = isOpenToGuests(rule) ? [ApiSecurity({}), cartToken] : [];
  decorators.push(ApiBearerAuth() as never, ...(guests as never[]), problem(401, refusalOf(rule)) as never);
  const permission = permissionOf(rule);
  if (permission === undefined) return applyDecorators(...decorators);
  const lacking = problem(403, `The role or the API key lacks the permission ${permission}.`);
  return applyDecorators(...decorators, ApiSecurity('apiKey'), lacking);
}
