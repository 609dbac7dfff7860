/**
 * What the audit log is told by each route that changes something, or why it is told nothing. Every route of the access
 * policy that does more than read stands in one of the two tables; `test/e2e/audit-policy.spec.ts` sends each of the
 * first and compares.
 */
export const AUDITED: Readonly<Record<string, readonly string[]>> = {
  'POST /api/users/register': ['user.registered'],
  'POST /api/users/login': ['user.logged_in'],
  'POST /api/users/logout': ['user.logged_out'],
  'POST /api/users/logout-all': ['user.logged_out_everywhere'],
  'POST /api/users/me/password': ['user.password_changed'],
  'POST /api/users/me/totp': ['user.totp_prepared'],
  'POST /api/users/me/totp/confirm': ['user.totp_confirmed'],
  'POST /api/users/me/totp/recovery-codes': ['user.recovery_codes_renewed'],
  'DELETE /api/users/:id/totp': ['user.totp_reset'],
  'DELETE /api/users/me/totp': ['user.recovery_code_used', 'user.totp_removed'],
  'GET /api/users/oidc/callback': ['user.registered', 'user.identity_linked', 'user.logged_in'],
  'POST /api/users/oidc/exchange': ['user.logged_in'],
  'POST /api/users/password-reset/confirm': ['user.password_reset'],
  'POST /api/users/email-verification/confirm': ['user.email_verified'],
  'POST /api/users/invitations': ['invitation.sent'],
  'POST /api/users/invitations/accept': ['user.registered', 'invitation.accepted'],
  'GET /api/users/me/export': ['user.exported'],
  'PATCH /api/users/me': ['user.profile_changed'],
  'DELETE /api/users/me': ['user.erased'],
  'PATCH /api/users/:id': ['user.role_changed', 'user.deactivated'],
  'DELETE /api/users/:id': ['user.erased'],

  'POST /api/api-keys': ['api_key.created'],
  'DELETE /api/api-keys/:id': ['api_key.revoked', 'api_key.revoked'],

  'POST /api/products': ['product.created'],
  'PATCH /api/products/:id': ['product.updated'],
  'DELETE /api/products/:id': ['product.archived'],
  'POST /api/products/:id/restore': ['product.restored'],
  'POST /api/products/:id/images': ['product.updated'],
  'DELETE /api/products/:id/images/:imageId': ['product.updated'],
  'POST /api/products/stock': ['stock.changed'],
  'PUT /api/products/:id/stock': ['stock.changed'],
  'POST /api/products/:id/stock-movements': ['stock.changed'],
  'POST /api/products/import': ['import.requested'],
  'POST /api/admin/sales/import': ['import.requested'],
  'POST /api/imports/:id/cancel': ['import.cancelled'],
  'POST /api/product-groups': ['product_group.created'],
  'PATCH /api/product-groups/:id': ['product_group.updated'],
  'DELETE /api/product-groups/:id': ['product_group.deleted'],
  'POST /api/admin/promotions': ['promotion.created'],
  'PATCH /api/admin/promotions/:id': ['promotion.updated'],
  'DELETE /api/admin/promotions/:id': ['promotion.deleted'],
  'POST /api/admin/shipping-methods': ['shipping_method.created'],
  'PATCH /api/admin/shipping-methods/:id': ['shipping_method.updated'],
  'DELETE /api/admin/shipping-methods/:id': ['shipping_method.deleted'],
  'POST /api/admin/tax-rates': ['tax_rate.created'],
  'PATCH /api/admin/tax-rates/:id': ['tax_rate.updated'],
  'DELETE /api/admin/tax-rates/:id': ['tax_rate.deleted'],
  'POST /api/categories': ['category.created'],
  'PATCH /api/categories/:id': ['category.updated'],
  'DELETE /api/categories/:id': ['category.deleted'],

  'POST /api/admin/sales': ['sale.drafted'],
  'PATCH /api/admin/sales/:id': ['sale.edited'],
  'PATCH /api/admin/sales/:id/status': ['sale.status_changed'],
  'POST /api/admin/sales/:id/shipments': ['sale.shipped'],
  'POST /api/admin/sales/:id/refunds': ['sale.refunded'],
  'PATCH /api/admin/returns/:id': ['return.status_changed'],
};

const SHOPPING = 'What customers do with what is their own is no act on others; a sale has its own history.';

const TEST_CLOCK = 'It is there outside of production alone, where nobody has to answer for anything.';

export const UNAUDITED: Readonly<Record<string, string>> = {
  'POST /api/test-clock': TEST_CLOCK,
  'DELETE /api/test-clock': TEST_CLOCK,
  'POST /api/users/refresh':
    'It goes on with a session whose login is recorded. The reuse of a spent token is recorded.',
  'POST /api/users/password-reset':
    'It changes no account, and does the same for addresses that none has. What comes of it is recorded.',
  'POST /api/users/email-verification': 'It has a mail sent to the address of the account, and changes nothing.',
  'POST /api/cart/items': SHOPPING,
  'PATCH /api/cart/items/:productId': SHOPPING,
  'DELETE /api/cart/items/:productId': SHOPPING,
  'DELETE /api/cart': SHOPPING,
  'PUT /api/cart/coupon': SHOPPING,
  'DELETE /api/cart/coupon': SHOPPING,
  'POST /api/delivery-addresses': SHOPPING,
  'PATCH /api/delivery-addresses/:id': SHOPPING,
  'DELETE /api/delivery-addresses/:id': SHOPPING,
  'POST /api/sales': SHOPPING,
  'POST /api/sales/:id/payments': SHOPPING,
  'POST /api/sales/:id/cancel': SHOPPING,
  'POST /api/sales/:id/returns': SHOPPING,
  'POST /api/payments/webhooks/:provider':
    'A completed payment is in the history of its sale. Refunds that a provider decides are recorded as its acts, and so are signatures that do not hold.',
};
