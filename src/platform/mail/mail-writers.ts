import { Injectable } from '@nestjs/common';
import type { Mail } from './mailer.js';

/** Writes the mails of one kind. */
export interface MailWriter {
  /** Stable: queued mails are kept under it. */
  readonly kind: string;
  /**
   * Writes the mail at the moment it is sent, and again when it has to be sent again.
   * @returns undefined where nobody is to get it, or nobody any more
   */
  write(about: Readonly<Record<string, string>>): Promise<Mail | undefined>;
}

/** Who writes which mails; modules add theirs when they are initialised. */
@Injectable()
export class MailWriters {
  private readonly writers = new Map<string, MailWriter>();

  /** @throws {Error} where the kind is taken */
  register(writer: MailWriter): void {
    if (this.writers.has(writer.kind)) throw new Error(`Two writers write mails of the kind ${writer.kind}.`);
    this.writers.set(writer.kind, writer);
  }

  /** @throws {Error} where nobody writes mails of this kind */
  get(kind: string): MailWriter {
    const writer = this.writers.get(kind);
    if (writer === undefined) throw new Error(`Nobody writes mails of the kind ${kind}.`);
    return writer;
  }
}
