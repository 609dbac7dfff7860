/**
 * Why a sign-in cannot end at an address; undefined where it can. Only addresses that the operator has named, letter by
 * letter, are returned to (RFC 9700, section 4.11): what would have to be parsed could be read in another way by a browser.
 */
export function returnProblem(
  returnTo: string | undefined,
  challenge: string | undefined,
  allowed: readonly string[],
): { readonly path: string; readonly message: string } | undefined {
  if (returnTo === undefined && challenge === undefined) return undefined;
  if (returnTo === undefined) return { path: 'returnTo', message: 'must be given with a challenge' };
  if (!allowed.includes(returnTo)) return { path: 'returnTo', message: 'is no address that people are returned to' };
  if (challenge === undefined) return { path: 'challenge', message: 'must be given with returnTo' };
  return undefined;
}
