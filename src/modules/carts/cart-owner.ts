import { hashToken } from '../../common/tokens.js';

/** Whose cart it is: a customer's, or that of whoever holds the token, of which only the hash is kept. */
export type CartOwner =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'guest'; readonly tokenHash: Buffer };

export function userOwner(userId: string): CartOwner {
  return { kind: 'user', userId };
}

export function guestOwner(token: string): CartOwner {
  return { kind: 'guest', tokenHash: hashToken(token) };
}

/** What carts are found by: the id of the user, or the hash of the guest's token. */
export function keyOf(owner: CartOwner): string | Buffer {
  return owner.kind === 'user' ? owner.userId : owner.tokenHash;
}

/** The same as a text. */
export function textOf(key: string | Buffer): string {
  return typeof key === 'string' ? key : key.toString('base64url');
}
