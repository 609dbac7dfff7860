import { isIP } from 'node:net';
import type { Config } from '../../config/config.js';

export interface Sender {
  readonly name: string;
  readonly address: string;
}

type SenderSettings = Pick<Config, 'MAIL_FROM' | 'PUBLIC_URL' | 'STORE_NAME'>;

/** Who mails are from: the address that is set, else one at the host that the shop is reached under. */
export function senderOf({ MAIL_FROM, PUBLIC_URL, STORE_NAME }: SenderSettings): Sender {
  if (MAIL_FROM !== undefined) return { name: STORE_NAME, address: MAIL_FROM };
  const host = PUBLIC_URL === undefined ? '' : new URL(PUBLIC_URL).hostname;
  const nameless = host === '' || host.startsWith('[') || isIP(host) !== 0;
  return { name: STORE_NAME, address: `no-reply@${nameless ? 'localhost' : host}` };
}
