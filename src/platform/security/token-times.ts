import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';

const SECONDS_A_DAY = 86_400;

/**
 * When tokens are issued, spent and revoked, and how long they live. Moments are whole microseconds since the epoch:
 * PostgreSQL keeps as much, and a JavaScript number holds them exactly until the year 2255.
 */
@Injectable()
export class TokenTimes {
  private last = 0;
  private epoch = 0;

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The present moment, later than every one that this process was given before. So of a token and the revocation of
   * its user it is always known which came first, though both fall into the same second, which is all that `iat` tells.
   */
  next(): number {
    if (this.epoch !== this.clock.epoch) {
      this.epoch = this.clock.epoch;
      this.last = 0;
    }
    this.last = Math.max(this.clock.now().getTime() * 1_000, this.last + 1);
    return this.last;
  }

  /** Seconds that an access token lives. */
  get accessSeconds(): number {
    return this.config.ACCESS_TOKEN_SECONDS;
  }

  /** Seconds in which a spent refresh token may come again for good reasons. */
  get refreshGraceSeconds(): number {
    return this.config.REFRESH_GRACE_SECONDS;
  }

  /** When a refresh token that was issued at a moment expires. */
  refreshExpiry(issuedAt: number): Date {
    return new Date(issuedAt / 1_000 + this.config.REFRESH_TOKEN_DAYS * SECONDS_A_DAY * 1_000);
  }

  /** From when on no access token that was issued until a moment can still be valid. */
  accessExpiry(issuedAt: number): Date {
    return new Date(issuedAt / 1_000 + this.config.ACCESS_TOKEN_SECONDS * 1_000);
  }
}
