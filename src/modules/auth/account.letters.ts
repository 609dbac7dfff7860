import type { Letter } from '../../platform/mail/letter.js';

// No letter repeats what somebody typed in, such as a name: until the address is confirmed, whoever typed it could be
// using us to send words of theirs to strangers.

/** To a new address, so that it is known to be its user's. */
export function verificationLetter(storeName: string, href: string, hours: number): Letter {
  return {
    subject: 'Confirm your email address',
    paragraphs: [`This address was given for an account at ${storeName}. If that was you, please confirm it.`],
    action: { label: 'Confirm this address', href },
    notes: [
      `The link works once, for ${hours} hours. If you know of no such account, do nothing: the address stays unconfirmed.`,
    ],
  };
}

/** To the owner of an account for which somebody asked for a new password. */
export function resetLetter(storeName: string, href: string, minutes: number): Letter {
  return {
    subject: 'Set a new password',
    paragraphs: [
      `Somebody asked for a new password for your account at ${storeName}. If that was you, choose one here.`,
    ],
    action: { label: 'Choose a new password', href },
    notes: [
      `The link works once, for ${minutes} minutes. A new password ends every session of yours.`,
      'If you did not ask for this, do nothing: your password stays as it is.',
    ],
  };
}

/** To the owner of an account who has changed the password, knowing the old one. */
export function passwordChangedLetter(storeName: string): Letter {
  return {
    subject: 'Your password was changed',
    paragraphs: [
      `The password of your account at ${storeName} was changed by somebody who knew the old one, and every other session was ended.`,
      'If that was not you, ask for a new password at once: the link comes to this address, and ends every session.',
    ],
  };
}

/** To the owner of an account whose password was replaced. */
export function passwordReplacedLetter(storeName: string): Letter {
  return {
    subject: 'Your password was changed',
    paragraphs: [
      `The password of your account at ${storeName} was set anew by a link that we had mailed to this address, and every session was ended.`,
      'If that was not you, somebody else can read your mail: secure your mailbox first, then ask for a new password.',
    ],
  };
}

/** To the owner of an account whose second factor an administrator has removed. */
export function secondFactorResetLetter(storeName: string): Letter {
  return {
    subject: 'Your second factor was removed',
    paragraphs: [
      `An administrator removed the second factor of your account at ${storeName}, and every session was ended. Until you set up another, your password alone logs you in.`,
      'If you did not ask for this, change your password and tell the other administrators.',
    ],
  };
}

/** To the owner of an account whose recovery codes were replaced. */
export function recoveryCodesRenewedLetter(storeName: string): Letter {
  return {
    subject: 'You have new recovery codes',
    paragraphs: [
      `New recovery codes were made for the second factor of your account at ${storeName}. Those from before no longer work.`,
      'If that was not you, somebody else is logged in to your account: change your password, and make new codes again.',
    ],
  };
}

/** To somebody who is to have an account with a role. */
export function invitationLetter(storeName: string, href: string, role: string, expiresAt: Date): Letter {
  return {
    subject: `You are invited to ${storeName}`,
    paragraphs: [`You are invited to have an account at ${storeName}, with the role “${role}”.`],
    action: { label: 'Accept the invitation', href },
    notes: [
      `The link works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      'If you expected no invitation, do nothing.',
    ],
  };
}
