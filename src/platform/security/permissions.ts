export const PERMISSIONS = [
  'products:write',
  'inventory:write',
  'sales:read',
  'sales:write',
  'refunds:write',
  'invoices:read',
  'analytics:read',
  'users:read',
  'users:write',
  'api-keys:write',
  'webhooks:write',
  'events:read',
  'audit:read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['customer', 'support', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What each role may do. Every guard reads this table, and nothing else says so. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  customer: new Set(),
  support: new Set(['sales:read', 'invoices:read', 'users:read']),
  manager: new Set([
    'products:write',
    'inventory:write',
    'sales:read',
    'sales:write',
    'refunds:write',
    'invoices:read',
    'analytics:read',
    'users:read',
    'events:read',
  ]),
  admin: new Set(PERMISSIONS),
};

/**
 * Whether permissions hold all that a role may do. Nobody gives a role that may do more than they may themselves, nor
 * changes an account that has one.
 */
export function coversRole(permissions: ReadonlySet<Permission>, role: Role): boolean {
  return [...ROLE_PERMISSIONS[role]].every((permission) => permissions.has(permission));
}
