import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { BearerTokens } from './bearer-tokens.js';
import { JwksController } from './jwks.controller.js';
import { JwtGuard } from './jwt.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { readKeyFiles } from './key-files.js';
import { KeyRing } from './key-ring.js';
import { KeyWatch, makeKeyRing } from './key-watch.js';
import { RevocationList } from './revocation-list.js';
import { RevocationsRepository } from './revocations.repository.js';
import { TokenTimes } from './token-times.js';

const keyRing = {
  provide: KeyRing,
  inject: [CONFIG, Clock],
  useFactory: (config: Config, clock: Clock): KeyRing =>
    makeKeyRing(readKeyFiles(config.KEYS_DIR), clock.now(), config),
};

/** Tokens and guards: who sent a request, and whether its route is open to them. */
@Global()
@Module({
  imports: [JwtModule.register({})],
  controllers: [JwksController],
  providers: [
    keyRing,
    KeyWatch,
    TokenTimes,
    AccessTokens,
    JwtStrategy,
    JwtGuard,
    BearerTokens,
    RevocationsRepository,
    RevocationList,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessTokens, RevocationList, TokenTimes],
})
export class SecurityModule {}
