import type { AccessRule } from '../../src/platform/security/access.js';
import type { Permission, Role } from '../../src/platform/security/permissions.js';

/**
 * Who may do what, kept by hand beside the code and compared with it: the routes with the decorators of every
 * controller, the roles with the table that the guards read, and both with what the running application answers to
 * every kind of caller. A route or a rule that changes has to be changed here too, where it is read.
 */
export const ROLE_POLICY: Readonly<Record<Role, readonly Permission[]>> = {
  customer: [],
  support: ['sales:read', 'invoices:read', 'users:read'],
  manager: [
    'products:write',
    'inventory:write',
    'sales:read',
    'sales:write',
    'refunds:write',
    'invoices:read',
    'analytics:read',
    'users:read',
    'events:read',
  ],
  admin: [
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
  ],
};

/**
 * - `public`: everybody; credentials are not looked at.
 * - `guest`: everybody but machines; credentials that are shown must be valid.
 * - `bearer`: people with an access token.
 * - a permission: people whose role holds it, and machines whose key does.
 * - `bearer or` a permission: people for what is their own, holders of the permission for everything.
 */
export const ACCESS_POLICY: Readonly<Record<string, AccessRule>> = {
  'GET /.well-known/jwks.json': 'public',
  'GET /health': 'public',
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'GET /media/:id/:file': 'public',

  'POST /api/users/register': 'public',
  'POST /api/users/login': 'public',
  'POST /api/users/refresh': 'public',
  'POST /api/users/logout': 'bearer',
  'POST /api/users/logout-all': 'bearer',
  'POST /api/users/me/password': 'bearer',
  'POST /api/users/me/totp': 'bearer',
  'POST /api/users/me/totp/confirm': 'bearer',
  'POST /api/users/me/totp/recovery-codes': 'bearer',
  'DELETE /api/users/me/totp': 'bearer',
  'DELETE /api/users/:id/totp': 'users:write',
  'GET /api/users/oidc/authorize': 'public',
  'GET /api/users/oidc/callback': 'public',
  'POST /api/users/oidc/exchange': 'public',
  'POST /api/users/password-reset': 'public',
  'POST /api/users/password-reset/confirm': 'public',
  'POST /api/users/email-verification': 'bearer',
  'POST /api/users/email-verification/confirm': 'public',
  'POST /api/users/invitations': 'users:write',
  'POST /api/users/invitations/accept': 'public',
  'GET /api/users/me': 'bearer',
  'GET /api/users/me/export': 'bearer',
  'DELETE /api/users/me': 'bearer',
  'PATCH /api/users/me': 'bearer',
  'GET /api/users': 'users:read',
  'GET /api/users/:id': 'users:read',
  'PATCH /api/users/:id': 'users:write',
  'DELETE /api/users/:id': 'users:write',
  'GET /api/admin/audit': 'audit:read',

  'GET /api/api-keys': 'api-keys:write',
  'POST /api/api-keys': 'api-keys:write',
  'DELETE /api/api-keys/:id': 'api-keys:write',

  'GET /api/products': 'public',
  'GET /api/products/low-stock': 'inventory:write',
  'GET /api/products/:id': 'public',
  'POST /api/products': 'products:write',
  'POST /api/products/stock': 'inventory:write',
  'PATCH /api/products/:id': 'products:write',
  'DELETE /api/products/:id': 'products:write',
  'GET /api/products/:id/related': 'public',
  'POST /api/products/:id/images': 'products:write',
  'DELETE /api/products/:id/images/:imageId': 'products:write',
  'POST /api/products/:id/restore': 'products:write',
  'GET /api/admin/products': 'products:write',
  'GET /api/admin/products/:id': 'products:write',
  'PUT /api/products/:id/stock': 'inventory:write',
  'GET /api/products/:id/stock': 'inventory:write',
  'GET /api/products/:id/stock-movements': 'inventory:write',
  'POST /api/products/:id/stock-movements': 'inventory:write',
  'POST /api/products/import': 'products:write',
  'GET /api/products/export': 'products:write',
  'GET /api/imports': 'products:write',
  'GET /api/imports/:id': 'products:write',
  'GET /api/imports/:id/errors': 'products:write',
  'GET /api/imports/:id/events': 'products:write',
  'POST /api/imports/:id/cancel': 'products:write',
  'GET /api/admin/promotions': 'products:write',
  'GET /api/admin/promotions/:id': 'products:write',
  'POST /api/admin/promotions': 'products:write',
  'PATCH /api/admin/promotions/:id': 'products:write',
  'DELETE /api/admin/promotions/:id': 'products:write',

  'GET /api/product-groups': 'public',
  'GET /api/product-groups/:id': 'public',
  'POST /api/product-groups': 'products:write',
  'PATCH /api/product-groups/:id': 'products:write',
  'DELETE /api/product-groups/:id': 'products:write',
  'GET /api/categories': 'public',
  'GET /api/categories/:id': 'public',
  'POST /api/categories': 'products:write',
  'PATCH /api/categories/:id': 'products:write',
  'DELETE /api/categories/:id': 'products:write',

  'GET /api/cart': 'guest',
  'GET /api/cart/total': 'guest',
  'POST /api/cart/items': 'guest',
  'PATCH /api/cart/items/:productId': 'guest',
  'DELETE /api/cart/items/:productId': 'guest',
  'DELETE /api/cart': 'guest',
  'PUT /api/cart/coupon': 'guest',
  'DELETE /api/cart/coupon': 'guest',

  'GET /api/delivery-addresses': 'bearer',
  'POST /api/delivery-addresses': 'bearer',
  'GET /api/delivery-addresses/:id': 'bearer',
  'PATCH /api/delivery-addresses/:id': 'bearer',
  'DELETE /api/delivery-addresses/:id': 'bearer',

  'POST /api/sales': 'guest',
  'GET /api/sales': 'bearer',
  'GET /api/sales/stats': 'bearer',
  'GET /api/sales/:id': 'guest',
  'GET /api/sales/:id/tracking': 'guest',
  'POST /api/sales/:id/payments': 'guest',
  'POST /api/sales/:id/cancel': 'guest',
  'POST /api/sales/:id/returns': 'guest',
  'GET /api/sales/:id/returns': 'guest',
  'GET /api/admin/sales': 'sales:read',
  'GET /api/admin/overview': 'analytics:read',
  'GET /api/admin/analytics/customers': 'analytics:read',
  'GET /api/admin/analytics/funnel': 'analytics:read',
  'GET /api/admin/analytics/stock': 'analytics:read',
  'POST /api/admin/sales/import': 'sales:write',
  'GET /api/admin/sales/analytics': 'analytics:read',
  'GET /api/admin/sales/:id': 'sales:read',
  'PATCH /api/admin/sales/:id/status': 'sales:write',
  'POST /api/admin/sales/:id/refunds': 'refunds:write',
  'GET /api/admin/sales/:id/refunds': 'sales:read',
  'GET /api/admin/returns': 'sales:read',
  'PATCH /api/admin/returns/:id': 'sales:write',

  'GET /api/invoices': 'bearer',
  'GET /api/invoices/:id': 'bearer or invoices:read',
  'GET /api/invoices/:id/pdf': 'bearer or invoices:read',
  'GET /api/invoices/:id/xml': 'bearer or invoices:read',
  'GET /api/admin/invoices': 'invoices:read',
};

export type OwnedThing = 'delivery address' | 'sale' | 'invoice';

/** Guests need a Cart-Token here: those who show nothing are asked for an access token. */
export const GUESTS_BY_CART_TOKEN: readonly string[] = [
  'POST /api/sales',
  'GET /api/sales/:id',
  'GET /api/sales/:id/tracking',
  'POST /api/sales/:id/payments',
  'POST /api/sales/:id/cancel',
  'POST /api/sales/:id/returns',
  'GET /api/sales/:id/returns',
];

/** Routes to one thing that belongs to somebody: to everybody else it does not exist. */
export const OWNED: Readonly<Record<string, OwnedThing>> = {
  'GET /api/delivery-addresses/:id': 'delivery address',
  'PATCH /api/delivery-addresses/:id': 'delivery address',
  'DELETE /api/delivery-addresses/:id': 'delivery address',
  'GET /api/sales/:id': 'sale',
  'GET /api/sales/:id/tracking': 'sale',
  'POST /api/sales/:id/payments': 'sale',
  'POST /api/sales/:id/cancel': 'sale',
  'POST /api/sales/:id/returns': 'sale',
  'GET /api/sales/:id/returns': 'sale',
  'GET /api/invoices/:id': 'invoice',
  'GET /api/invoices/:id/pdf': 'invoice',
  'GET /api/invoices/:id/xml': 'invoice',
};
