import { createHash } from 'node:crypto';
import { emailKey } from '../../common/email.js';

/** Who buys, as far as promotions are concerned; both null for somebody not known yet. */
export interface OfferedTo {
  readonly userId: string | null;
  /** Of a guest. */
  readonly email: string | null;
}

/** What stands for a customer where uses are counted by customer. */
export function customerOf({ userId, email }: OfferedTo): string | null {
  if (userId !== null) return userId;
  return email === null ? null : createHash('sha256').update(emailKey(email)).digest('hex').slice(0, 32);
}
