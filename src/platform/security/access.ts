import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { Problem } from '../http/problem.js';
import { PERMISSIONS, type Permission } from './permissions.js';

export const ACCESS = 'tradepost:access';

/**
 * Who may call a route. `public`: anyone, tokens are not looked at. `guest`: anyone, a bearer if there is one, else a
 * `Cart-Token`. `bearer`: a valid access token. A permission: a bearer whose role holds it, or an API key that does.
 * `bearer or` a permission: any bearer for what is their own, whoever holds the permission for everything.
 */
export type AccessRule = 'public' | 'guest' | 'bearer' | `bearer or ${Permission}` | Permission;

/** The permission that opens a route to those who hold it; undefined where none does. */
export function permissionOf(rule: AccessRule): Permission | undefined {
  const name = rule.replace(/^bearer or /, '');
  return PERMISSIONS.find((permission) => permission === name);
}

const problem = (status: number, description: string): MethodDecorator & ClassDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: problemRef } } });
const problemRef = { $ref: `#/components/schemas/${Problem.name}` };

const cartToken = ApiHeader({
  name: 'Cart-Token',
  required: false,
  description: 'Token of a guest cart, as its first write answered it.',
});

/** Declares who may call a route, or every route of a controller. A route without it is refused to everybody. */
export function Access(rule: AccessRule): MethodDecorator & ClassDecorator {
  const decorators = [SetMetadata(ACCESS, rule)];
  if (rule === 'guest') return applyDecorators(...decorators, ApiBearerAuth(), ApiSecurity({}), cartToken);
  if (rule === 'public') return applyDecorators(...decorators);
  decorators.push(ApiBearerAuth() as never, problem(401, 'No valid access token.') as never);
  const permission = permissionOf(rule);
  if (permission === undefined) return applyDecorators(...decorators);
  const lacking = problem(403, `The role or the API key lacks the permission ${permission}.`);
  return applyDecorators(...decorators, ApiSecurity('apiKey'), lacking);
}
