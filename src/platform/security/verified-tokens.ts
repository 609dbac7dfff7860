import { hash } from 'node:crypto';
import type { AccessToken } from './access-token.js';

/**
 * Access tokens whose signature was found good, by the SHA-256 of their whole text, so that each is verified once and
 * not on every request. Bounded; the oldest makes room, and is verified again when it returns.
 */
export class VerifiedTokens {
  private readonly tokens = new Map<string, AccessToken>();

  constructor(private readonly capacity = 20_000) {}

  get(key: string): AccessToken | undefined {
    return this.tokens.get(key);
  }

  add(key: string, token: AccessToken): void {
    if (this.tokens.size >= this.capacity) {
      const oldest = this.tokens.keys().next();
      if (!oldest.done) this.tokens.delete(oldest.value);
    }
    this.tokens.set(key, token);
  }

  delete(key: string): void {
    this.tokens.delete(key);
  }

  clear(): void {
    this.tokens.clear();
  }

  get size(): number {
    return this.tokens.size;
  }
}

/** The key of a token's text. */
export function tokenKey(token: string): string {
  return hash('sha256', token, 'base64');
}
