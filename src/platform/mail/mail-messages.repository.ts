import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../database/base.repository.js';
import { statement } from '../database/statement.js';
import { MailMessage } from './mail-message.entity.js';

/** A mail to send, as far as it is known before it is written. */
export interface OwedMail {
  readonly id: string;
  readonly kind: string;
  readonly about: Readonly<Record<string, string>>;
  /** Tries so far, the one that is about to be made among them. */
  readonly attempts: number;
  readonly expiresAt: Date;
}

interface OwedRow extends OwedMail {
  readonly [column: string]: unknown;
}

// Whoever takes a mail puts off its next try: a minute, two, four … a quarter of an hour. If that process fails or
// dies, the mail is due again by itself.
const TAKE = statement(
  'mail.take',
  `UPDATE mail_messages SET attempts = attempts + 1,
     due_at = $1::timestamptz + LEAST(interval '15 minutes', interval '1 minute' * 2 ^ LEAST(attempts, 10))
   WHERE id = ANY (ARRAY(
     SELECT id FROM mail_messages WHERE patient = $3::boolean AND due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))
   RETURNING id, kind, about, attempts, expires_at AS "expiresAt"`,
);
const FORGET = statement(
  'mail.forget',
  `DELETE FROM mail_messages WHERE about ->> 'userId' = $1::text OR about ->> 'email' = $2`,
);
const REMOVE = statement('mail.remove', 'DELETE FROM mail_messages WHERE id = $1');
const COUNT = statement('mail.count', 'SELECT count(*)::integer AS count FROM mail_messages');

/** Keeps the mails that are yet to be sent. */
@Injectable()
export class MailMessagesRepository extends BaseRepository {
  /** Drops what is owed to a person. */
  async forget(userId: string, emailKey: string): Promise<void> {
    await this.affect(FORGET, [userId, emailKey]);
  }

  async insert(message: MailMessage): Promise<void> {
    await this.entities(MailMessage).insert(message);
  }

  /** Takes some of the mails that are due; no other process gets them before their next try. */
  take(now: Date, most: number, patient: boolean): Promise<OwedMail[]> {
    return this.rows<OwedRow>(TAKE, [now, most, patient]);
  }

  async remove(id: string): Promise<void> {
    await this.affect(REMOVE, [id]);
  }

  async count(): Promise<number> {
    return (await this.first<{ count: number }>(COUNT))?.count ?? 0;
  }
}
