import type { Letter } from '../../platform/mail/letter.js';

/** Kind of the mail to an address that an account no longer has. */
export const EMAIL_CHANGED = 'email-changed';

/** To the address that an account had; it names neither the new one nor the person, who may be somebody else by now. */
export function emailChangedLetter(storeName: string): Letter {
  return {
    subject: 'Your account has another address',
    paragraphs: [
      `The email address of your account at ${storeName} was changed, and this one no longer leads to it.`,
      `If that was not you, somebody else is logged in to your account: tell ${storeName} at once.`,
    ],
  };
}
