import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditApi } from '../audit/audit.api.js';
import { UsersApi } from '../users/users.api.js';
import { InvalidCredentials } from './auth.errors.js';
import { Credentials } from './credentials.service.js';
import type { LoginRequest } from './dto/login.request.js';
import type { RegisterRequest } from './dto/register.request.js';
import type { LoginResponse } from './dto/token.response.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionsService } from './sessions.service.js';

/** How people come in: registration and login. */
@Injectable()
export class AuthService {
  constructor(
    @Inject(UsersApi) private readonly users: UsersApi,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(SecondFactorService) private readonly secondFactor: SecondFactorService,
    @Inject(UnitOfWork) private readonly uow: UnitOfWork,
    @Inject(AuditApi) private readonly audit: AuditApi,
  ) {}

  /** @throws {UnacceptablePassword | EmailTaken | UsernameTaken | PasswordHashingBusy} */
  async register({ email, password, name, username }: RegisterRequest): Promise<LoginResponse> {
    const passwordHash = await this.credentials.hashNew('password', password);
    return this.uow.run(async () => {
      const user = await this.users.create({ email, name, username, passwordHash });
      return { user, ...(await this.sessions.start(user.id, user.role)) };
    });
  }

  /** @throws {InvalidCredentials | OtpRequired | TooManyRequests | PasswordHashingBusy} */
  login(request: LoginRequest): Promise<LoginResponse> {
    return this.credentials.login(request, ({ id, passwordHash, renewedHash }) =>
      this.uow.run(async () => {
        const user = await this.users.recordLogin(id, passwordHash);
        if (user === undefined) throw new InvalidCredentials();
        await this.secondFactor.demand(user.id, request.otp);
        if (renewedHash !== undefined) await this.users.replacePassword(id, passwordHash, renewedHash);
        await this.audit.record({ subjectType: 'user', subjectId: id, action: 'user.logged_in', actorId: id });
        return { user, ...(await this.sessions.start(user.id, user.role)) };
      }),
    );
  }
}
