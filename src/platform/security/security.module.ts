import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { Clock } from '../../common/clock.js';
import { CONFIG, type Config } from '../../config/config.js';
import { AddressLimitGuard } from '../http/address-limit.guard.js';
import { CallerLimitGuard } from '../http/caller-limit.guard.js';
import { StrictRequestGuard } from '../http/strict-request.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
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
import { KeyWatch, makeKeyRing } from './key-watch.js';
import { OidcClient } from './oidc-client.js';
import { RevocationList } from './revocation-list.js';
import { RevocationsRepository } from './revocations.repository.js';
import { SecretBox } from './secret-box.js';
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
  imports: [JwtModule.register({}), RateLimitsModule],
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
    ApiKeysRepository,
    ApiKeys,
    SecretBox,
    OidcClient,
    // In the order in which they look at a request: an address is counted before its tokens are verified.
    { provide: APP_GUARD, useClass: AddressLimitGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: CallerLimitGuard },
    { provide: APP_GUARD, useClass: StrictRequestGuard },
  ],
  exports: [AccessTokens, ApiKeys, ApiKeysRepository, OidcClient, RevocationList, SecretBox, TokenTimes],
})
export class SecurityModule {}
