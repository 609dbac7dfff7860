import { hashToken } from '../../common/tokens.js';
import { type AnyPrincipal, Forbidden, TokenMissing } from '../../platform/security/principal.js';
import type { InvoiceOwner } from './invoices.repository.js';

/**
 * Whose invoices somebody may read; undefined for everybody's.
 * @throws {TokenMissing} where nothing tells who it is
 * @throws {Forbidden} for a machine that may not read them all, since it has none of its own
 */
export function readableBy(reader: AnyPrincipal): InvoiceOwner | undefined {
  if (reader.kind === 'guest') {
    if (reader.cartToken === undefined) throw new TokenMissing();
    return { userId: null, cartTokenHash: hashToken(reader.cartToken) };
  }
  if (reader.permissions.has('invoices:read')) return undefined;
  if (reader.kind === 'machine') throw new Forbidden();
  return { userId: reader.userId, cartTokenHash: null };
}
