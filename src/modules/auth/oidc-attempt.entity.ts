import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A sign-in with the OpenID provider that is under way: what its answer is checked against, once. */
@Entity('oidc_attempts')
@Index('oidc_attempts_expiry_idx', ['expiresAt'])
export class OidcAttempt {
  /** Of the state that went to the provider. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'oidc_attempts_pkey' })
  stateHash!: Buffer;

  /** Of the cookie that the browser got: the answer must come through the browser that asked. */
  @Column('bytea')
  browserHash!: Buffer;

  @Column('text')
  nonce!: string;

  /** PKCE (RFC 7636). Of no use without the code and our client's credentials. */
  @Column('text')
  codeVerifier!: string;

  @Column('timestamptz')
  expiresAt!: Date;
}
