import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { CONFIG, type Config } from '../../config/config.js';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { ApiKeys } from './api-keys.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { BearerTokens } from './bearer-tokens.js';
import { JwksController } from './jwks.controller.js';
import { JwtGuard } from './jwt.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { readKeyFiles } from './key-files.js';
import { KeyRing } from './key-ring.js';
import { RevocationList } from './revocation-list.js';
import { RevocationsRepository } from './revocations.repository.js';
import { TokenTimes } from './token-times.js';

const keyRing = {
  provide: KeyRing,
  inject: [CONFIG],
  useFactory: (config: Config): KeyRing => new KeyRing(readKeyFiles(config.KEYS_DIR)),
};

/** Tokens and guards: who sent a request, and whether its route is open to them. */
@Global()
@Module({
  imports: [JwtModule.register({})],
  controllers: [JwksController],
  providers: [
    keyRing,
    TokenTimes,
    AccessTokens,
    JwtStrategy,
    JwtGuard,
    BearerTokens,
    RevocationsRepository,
    RevocationList,
    ApiKeysRepository,
    ApiKeys,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessTokens, ApiKeys, ApiKeysRepository, RevocationList, TokenTimes],
})
export class SecurityModule {}
