import { Injectable } from '@nestjs/common';
import { BaseRepository } from '../../platform/database/base.repository.js';
import { statement } from '../../platform/database/statement.js';
import type { Invitation } from './invitation.entity.js';

type Role = Invitation['role'];

const PUT = statement(
  'invitations.put',
  `INSERT INTO invitations (id, email, email_key, role, invited_by, created_at, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (email_key) DO UPDATE SET id = EXCLUDED.id, email = EXCLUDED.email, role = EXCLUDED.role,
     invited_by = EXCLUDED.invited_by, token_hash = NULL, created_at = EXCLUDED.created_at,
     expires_at = EXCLUDED.expires_at`,
);
const ARM = statement(
  'invitations.arm',
  `UPDATE invitations SET token_hash = $2 WHERE id = $1 AND expires_at > $3
   RETURNING email, role, expires_at AS "expiresAt"`,
);
const EXISTS = statement(
  'invitations.exists',
  'SELECT true AS good FROM invitations WHERE token_hash = $1 AND expires_at > $2',
);
const USE = statement(
  'invitations.use',
  `DELETE FROM invitations i USING users u
   WHERE i.token_hash = $1 AND i.expires_at > $2 AND u.id = i.invited_by AND u.active
   RETURNING i.id, i.email, i.role, i.invited_by AS "invitedBy", u.role AS "inviterRole"`,
);
const SWEEP = statement(
  'invitations.sweep',
  `DELETE FROM invitations WHERE ctid = ANY (ARRAY(
     SELECT ctid FROM invitations WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000))`,
);

/** What the mail of an invitation says. */
export interface SentInvitation {
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

/** What an invitation is good for, and the role that its sender has by now. */
export interface AcceptedInvitation {
  readonly id: string;
  readonly email: string;
  readonly invitedBy: string;
  readonly role: Role;
  readonly inviterRole: Role;
}

/** Keeps invitations that are open. */
@Injectable()
export class InvitationsRepository extends BaseRepository {
  /** Keeps an invitation, in the place of the one that the address had. */
  async put({ id, email, emailKey, role, invitedBy, createdAt, expiresAt }: Invitation): Promise<void> {
    await this.affect(PUT, [id, email, emailKey, role, invitedBy, createdAt, expiresAt]);
  }

  /** Gives an invitation the token that is about to be mailed; undefined where it is no longer open. */
  arm(id: string, tokenHash: Buffer, now: Date): Promise<SentInvitation | undefined> {
    return this.first<SentInvitation & Record<string, unknown>>(ARM, [id, tokenHash, now]);
  }

  /** Whether a token is good at a moment. It may be used by another request before it is by this one. */
  async exists(tokenHash: Buffer, now: Date): Promise<boolean> {
    return (await this.first(EXISTS, [tokenHash, now])) !== undefined;
  }

  /** Uses an invitation up; undefined where it is no longer open, or its sender has no active account any more. */
  use(tokenHash: Buffer, now: Date): Promise<AcceptedInvitation | undefined> {
    return this.first<AcceptedInvitation & Record<string, unknown>>(USE, [tokenHash, now]);
  }

  /** Deletes up to 1,000 invitations that expired before a moment; tells how many. */
  sweep(before: Date): Promise<number> {
    return this.affect(SWEEP, [before]);
  }
}
