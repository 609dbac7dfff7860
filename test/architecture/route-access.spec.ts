import { PERMISSIONS, ROLE_PERMISSIONS, ROLES } from '../../src/platform/security/permissions.js';
import { declaredRoutes, type Route } from '../support/routes.js';
import { ACCESS_POLICY, OWNED, ROLE_POLICY } from './access-policy.js';

let routes: Route[];

beforeAll(async () => {
  routes = await declaredRoutes();
});

it('every route declares who may call it', () => {
  expect(routes).not.toHaveLength(0);
  expect(routes.filter(({ access }) => access === undefined).map(({ handler }) => handler)).toEqual([]);
});

it('every route declares what the access policy says, and the policy names no other', () => {
  const declared = Object.fromEntries(routes.map(({ route, access }) => [route, access]));
  expect(declared).toEqual(ACCESS_POLICY);
  expect(routes).toHaveLength(Object.keys(declared).length);
});

it('every route to something that has an owner is a route of the policy, open to customers', () => {
  const open = (route: string): boolean => /^(guest|bearer)/.test(ACCESS_POLICY[route] ?? '');
  expect(Object.keys(OWNED).filter((route) => !open(route))).toEqual([]);
});

it('every role holds the permissions that the access policy says', () => {
  const held = Object.fromEntries(ROLES.map((role) => [role, [...ROLE_PERMISSIONS[role]].sort()]));
  const said = Object.fromEntries(Object.entries(ROLE_POLICY).map(([role, names]) => [role, [...names].sort()]));
  expect(held).toEqual(said);
  expect(new Set(ROLE_POLICY.admin)).toEqual(new Set(PERMISSIONS));
});

it('every route whose answers the fast lane learns is a public GET that counts as a read', () => {
  const conditional = routes.filter(({ isConditional }) => isConditional);
  expect(conditional.map(({ route }) => route)).toContain('GET /api/products/:id');
  const others = conditional.filter(({ route, access, limitedAs }) => {
    return !route.startsWith('GET ') || access !== 'public' || (limitedAs ?? 'read') !== 'read';
  });
  expect(others).toEqual([]);
});
