/**
 * Why somebody may not make a key with some permissions; undefined where they may. A machine makes no keys that make
 * keys, so that with a key all that came of it can be revoked.
 */
export function excessOf(wanted: readonly string[], held: ReadonlySet<string>, byMachine: boolean): string | undefined {
  const lacking = wanted.filter((permission) => !held.has(permission));
  if (lacking.length > 0) return `must be among your own, which ${lacking.join(', ')} is not`;
  if (byMachine && wanted.includes('api-keys:write'))
    return 'must not hold api-keys:write when a machine makes the key';
  return undefined;
}

/** Why a key cannot expire at a moment; undefined where it can. A key does not outlive the key that made it. */
export function expiryProblem(expiresAt: Date | null, now: Date, atTheLatest: Date | null): string | undefined {
  if (expiresAt !== null && expiresAt <= now) return 'must lie in the future';
  if (expiresAt !== null && atTheLatest !== null && expiresAt > atTheLatest) {
    return 'must not be later than the expiry of the key that makes it';
  }
  return undefined;
}
