/** A mail to one person, in HTML and, for those who read it without, in plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments?: readonly Attachment[];
}

/** A file that comes with a mail. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Hands mails to whatever carries them away. */
export abstract class Mailer {
  /**
   * Resolves once the mail is accepted for delivery.
   * @throws {MailRefused} where to try again would be no use
   */
  abstract send(mail: Mail): Promise<void>;
}

/** The recipient's server will never take this mail, for example since there is no such mailbox. */
export class MailRefused extends Error {
  constructor(readonly replyCode: number) {
    super('The mail was refused for good.');
  }
}

/** Tells other machines that nobody wrote this (RFC 3834, section 5), so that they do not answer on their own. */
export const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' } as const;
