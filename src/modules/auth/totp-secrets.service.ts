import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import {
  newOneTimeSecret,
  presentOneTimeSecret,
  stepOfOneTimePassword,
} from '../../platform/security/one-time-passwords.js';
import { SecretBox, type SecretUse } from '../../platform/security/secret-box.js';

/** A new secret: sealed, to be kept, and as its owner is shown it once. */
export interface NewTotpSecret {
  readonly sealed: Buffer;
  readonly shown: { readonly secret: string; readonly otpauthUri: string };
}

const useOf = (userId: string): SecretUse => ({ purpose: 'tradepost totp secret', owner: userId });

/** The secrets of second factors, which leave this file encrypted, or for the eyes of their owner. */
@Injectable()
export class TotpSecrets {
  constructor(
    @Inject(SecretBox) private readonly box: SecretBox,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  make(userId: string, account: string): NewTotpSecret {
    const secret = newOneTimeSecret();
    const shown = presentOneTimeSecret(secret, { issuer: this.config.STORE_NAME, account });
    return { sealed: this.box.seal(useOf(userId), secret), shown };
  }

  /** The time step of a password that a secret makes about now; undefined where it makes no such. */
  stepOf(userId: string, sealed: Buffer, password: string): number | undefined {
    return stepOfOneTimePassword(this.box.open(useOf(userId), sealed), password, this.clock.now());
  }
}
