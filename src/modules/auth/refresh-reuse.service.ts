import { Injectable, Logger } from '@nestjs/common';

/** A spent refresh token was presented by somebody who had no reason to. */
export interface RefreshReuse {
  readonly userId: string;
  readonly familyId: string;
  /** The row of the token, which tells nothing of the token itself. */
  readonly refreshTokenId: string;
  readonly spentAt: Date;
}

/** Tells the operator that a refresh token was stolen, or that a client handles its tokens badly. */
@Injectable()
export class RefreshReuses {
  private readonly logger = new Logger('RefreshReuse');

  /** Within the transaction that revokes the family; once a family. */
  async reuseDetected(reuse: RefreshReuse): Promise<void> {
    this.logger.warn(reuse, 'A spent refresh token was used again; its session was ended.');
  }
}
