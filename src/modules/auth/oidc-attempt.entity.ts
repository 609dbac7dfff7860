import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A sign-in with the OpenID provider that is under way: what its answer is checked against, once. */
@Entity('oidc_attempts')
@Check('oidc_attempts_return_challenged', '(return_to IS NULL) = (challenge IS NULL)')
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

  /** The storefront that the person is to be returned to; null where the answer goes to the browser itself. */
  @Column('text', { nullable: true })
  returnTo!: string | null;

  /** What the storefront will have to prove that it began this (RFC 7636, section 4.2: S256). */
  @Column('text', { nullable: true })
  challenge!: string | null;

  @Column('timestamptz')
  expiresAt!: Date;
}
