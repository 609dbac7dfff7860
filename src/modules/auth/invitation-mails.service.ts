import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hashToken, newToken } from '../../common/tokens.js';
import { CONFIG, type Config } from '../../config/config.js';
import { writeMail } from '../../platform/mail/letter.js';
import { MailWriters } from '../../platform/mail/mail-writers.js';
import type { Mail } from '../../platform/mail/mailer.js';
import { ShopLinks } from '../../platform/mail/shop-links.js';
import { invitationLetter } from './account.letters.js';
import { INVITATION } from './account-tokens.js';
import { InvitationsRepository } from './invitations.repository.js';

/** Writes the mails to those who are invited. */
@Injectable()
export class InvitationMailsService implements OnModuleInit {
  constructor(
    @Inject(MailWriters) private readonly writers: MailWriters,
    @Inject(InvitationsRepository) private readonly invitations: InvitationsRepository,
    @Inject(ShopLinks) private readonly links: ShopLinks,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.writers.register({ kind: INVITATION, write: (about) => this.write(about.invitationId) });
  }

  private async write(id: string | undefined): Promise<Mail | undefined> {
    if (id === undefined) return undefined;
    const token = newToken();
    const invitation = await this.invitations.arm(id, hashToken(token), this.clock.now());
    if (invitation === undefined) return undefined;
    const { email, role, expiresAt } = invitation;
    const href = this.links.withToken('accept-invitation', token);
    const letter = invitationLetter(this.config.STORE_NAME, href, role, expiresAt);
    return writeMail(email, this.config.STORE_NAME, letter);
  }
}
