import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { AccessToken } from './access-token.js';
import { TokenInvalid } from './token.errors.js';

/** Runs the JWT strategy of Passport on a request. */
@Injectable()
export class JwtGuard extends AuthGuard('jwt') {
  /**
   * The bearer of a request, verified but for its times and revocation.
   * @throws {TokenInvalid}
   */
  async verify(context: ExecutionContext): Promise<AccessToken> {
    await this.canActivate(context);
    return context.switchToHttp().getRequest<{ user: AccessToken }>().user;
  }

  /** Whatever the strategy holds against a token, its sender learns no more than that it is not valid. */
  override handleRequest<T>(error: unknown, user: T | false | null | undefined): T {
    if (error) throw error;
    if (!user) throw new TokenInvalid();
    return user;
  }
}
