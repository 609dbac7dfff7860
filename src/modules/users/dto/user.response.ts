import { BoolField, DateTimeField, EnumField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { ROLES, type Role } from '../../../platform/security/permissions.js';

/** A person with an account, as the API tells of them. */
export class UserResponse {
  @UuidField()
  id!: string;

  @TextField({ format: 'email', max: 254, example: 'ada@example.com' })
  email!: string;

  @TextField({ nullable: true, max: 50, example: 'ada' })
  username!: string | null;

  @TextField({ max: 200, example: 'Ada Lovelace' })
  name!: string;

  @EnumField('Role', ROLES)
  role!: Role;

  @BoolField()
  emailVerified!: boolean;

  @DateTimeField()
  createdAt!: string;

  @DateTimeField({ nullable: true })
  lastLoginAt!: string | null;

  @TextField({ optional: true, description: 'Code of the shipping method that is preferred, where there is one.' })
  defaultShippingMethod?: string;
}

export const UserPage = pageOf(UserResponse, 'UserPage');

/** What a response is made of. */
export interface UserProfile {
  readonly id: string;
  readonly email: string;
  readonly username: string | null;
  readonly name: string;
  readonly role: Role;
  readonly emailVerifiedAt: Date | null;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  readonly defaultShippingMethod: string | null;
}

export function toUserResponse(user: UserProfile): UserResponse {
  const { defaultShippingMethod } = user;
  return {
    id: user.id,
    email: user.email,
    username: user.username,
    name: user.name,
    role: user.role,
    emailVerified: user.emailVerifiedAt !== null,
    createdAt: user.createdAt.toISOString(),
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
    ...(defaultShippingMethod === null ? {} : { defaultShippingMethod }),
  };
}
