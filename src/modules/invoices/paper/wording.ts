import { formatMoney } from '../../../common/money.js';
import type { InvoiceParty } from '../invoice-content.js';

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** A day in UTC, in words that nobody reads as another: `21 November 2026`. */
export function day(moment: Date): string {
  return DATE.format(moment);
}

/** An amount with its thousands apart: `1,234.50`. */
export function money(minor: bigint, currency: string): string {
  const [whole = '', fraction] = formatMoney(minor, currency).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** What is taken off, with a minus sign; nothing as 0. */
export function less(minor: bigint, currency: string): string {
  return `${minor > 0n ? '\u2212' : ''}${money(minor, currency)}`;
}

/** A seller or buyer below the name: address, country, and how else they are known. */
export function particulars({ address, country, email, taxId }: InvoiceParty): string[] {
  const place = country === null ? [] : [COUNTRIES.of(country) ?? country];
  const known = [taxId === null ? undefined : `Tax ID ${taxId}`, email ?? undefined];
  return [...address, ...place, ...known.filter((line) => line !== undefined)];
}
