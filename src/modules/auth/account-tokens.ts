/** Kinds of the mails about accounts. */
export const EMAIL_VERIFICATION = 'email-verification';
export const PASSWORD_RESET = 'password-reset';
export const INVITATION = 'invitation';

/** Kinds of those that tell owners what was done to their account, so that they notice when it was not them. */
export const PASSWORD_CHANGED = 'password-changed';
export const PASSWORD_REPLACED = 'password-replaced';
export const SECOND_FACTOR_RESET = 'second-factor-reset';
export const RECOVERY_CODES_RENEWED = 'recovery-codes-renewed';

/** How long the links in them work. */
export const VERIFICATION_HOURS = 24;
export const RESET_MINUTES = 60;
export const INVITATION_DAYS = 7;

const NOTICE_MINUTES = 24 * 60;

/** Minutes for which a mail to the owner of an account is of use. */
export const MAIL_MINUTES = {
  [EMAIL_VERIFICATION]: VERIFICATION_HOURS * 60,
  [PASSWORD_RESET]: RESET_MINUTES,
  [PASSWORD_CHANGED]: NOTICE_MINUTES,
  [PASSWORD_REPLACED]: NOTICE_MINUTES,
  [SECOND_FACTOR_RESET]: NOTICE_MINUTES,
  [RECOVERY_CODES_RENEWED]: NOTICE_MINUTES,
} as const;
export type AccountMail = keyof typeof MAIL_MINUTES;
