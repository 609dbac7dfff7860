/** What of the configuration concerns Stripe. */
interface StripeSettings {
  readonly STRIPE_API_BASE: string | undefined;
}

/** How the account is reached. */
export interface StripeAddress {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Where Stripe answers; undefined for where the library asks by itself.
 * @throws {Error} where the secret key would leave this machine without encryption
 */
export function addressOf({ STRIPE_API_BASE: base }: StripeSettings): StripeAddress | undefined {
  if (base === undefined) return undefined;
  const { protocol, hostname, port } = new URL(base);
  if (protocol === 'http:') {
    if (!LOOPBACK.test(hostname)) throw new Error('STRIPE_API_BASE must be https; http is for this machine alone.');
    return { protocol: 'http', host: hostname, port: Number(port || 80) };
  }
  return { protocol: 'https', host: hostname, port: Number(port || 443) };
}
