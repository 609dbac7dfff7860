/** Where something is sent, complete: what it does not have is null. */
export interface PostalAddress {
  readonly label: string | null;
  readonly recipient: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly phone: string | null;
}

type Optional = 'label' | 'line2' | 'region' | 'phone';

/** An address as a request gives it: what may be null may be left out. */
export type PostalAddressInput = Omit<PostalAddress, Optional> & { readonly [K in Optional]?: string | null };

/** The address that a request gives, and nothing else that came along with it; what was left out becomes null. */
export function completeAddress(input: PostalAddressInput): PostalAddress {
  const { recipient, line1, city, postalCode, country } = input;
  const { label = null, line2 = null, region = null, phone = null } = input;
  return { label, recipient, line1, line2, city, region, postalCode, country, phone };
}
