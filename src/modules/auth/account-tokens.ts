/** Kinds of the mails about accounts. */
export const EMAIL_VERIFICATION = 'email-verification';
export const PASSWORD_RESET = 'password-reset';
export const PASSWORD_REPLACED = 'password-replaced';
export const INVITATION = 'invitation';

/** How long the links in them work. */
export const VERIFICATION_HOURS = 24;
export const RESET_MINUTES = 60;
export const INVITATION_DAYS = 7;
