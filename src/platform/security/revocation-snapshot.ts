import type { AccessToken } from './access-token.js';
import type { RevocationKind } from './revocation.entity.js';

/** One entry of the blocklist. */
export interface RevocationEntry {
  readonly kind: RevocationKind;
  readonly subject: string;
  /** Microseconds since the epoch. */
  readonly revokedAt: number;
  /** From when on every token that the entry concerns has expired. */
  readonly expiresAt: Date;
}

/** What a process knows of the blocklist. */
export class RevocationSnapshot {
  private readonly entries: Readonly<Record<RevocationKind, Map<string, RevocationEntry>>> = {
    token: new Map(),
    family: new Map(),
    user: new Map(),
  };

  add(entry: RevocationEntry): void {
    const known = this.entries[entry.kind].get(entry.subject);
    if (known === undefined || known.revokedAt < entry.revokedAt) this.entries[entry.kind].set(entry.subject, entry);
  }

  /** Whether the token itself, its family, or all that its user had until then was revoked. */
  voids(token: AccessToken): boolean {
    if (this.entries.token.has(token.tokenId) || this.entries.family.has(token.familyId)) return true;
    const user = this.entries.user.get(token.userId);
    return user !== undefined && token.issuedAt < user.revokedAt;
  }

  /** Forgets the entries that no living token needs. */
  prune(now: Date): void {
    for (const entries of Object.values(this.entries)) {
      for (const [subject, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(subject);
    }
  }

  get size(): number {
    return Object.values(this.entries).reduce((sum, { size }) => sum + size, 0);
  }
}
