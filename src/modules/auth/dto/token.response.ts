import { EnumField, IntField, ObjectField, TextField } from '../../../platform/fields/fields.js';
import { UserResponse } from '../../users/users.api.js';

/** A pair of tokens (RFC 6749, section 5.1). */
export class TokenResponse {
  @TextField({ max: 4_096, description: 'For the Authorization header: a JWT of the type at+jwt, signed with RS256.' })
  accessToken!: string;

  @TextField({ max: 43, description: 'Good for one refresh.' })
  refreshToken!: string;

  @EnumField('TokenType', ['Bearer'])
  tokenType!: 'Bearer';

  @IntField({ example: 3_600, description: 'Seconds that the access token lives.' })
  expiresIn!: number;
}

export class LoginResponse extends TokenResponse {
  @ObjectField(() => UserResponse)
  user!: UserResponse;
}
