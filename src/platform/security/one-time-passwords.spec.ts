import { fromBase32, oneTimePassword } from '../../../test/support/one-time-passwords.js';
import { newOneTimeSecret, presentOneTimeSecret, stepOfOneTimePassword } from './one-time-passwords.js';

const secret = Buffer.from('12345678901234567890');

describe('time-based one-time passwords', () => {
  // RFC 6238, appendix B; of its eight digits the last six.
  it.each([
    [59, '94287082', 1],
    [1_111_111_109, '07081804', 37_037_036],
    [1_111_111_111, '14050471', 37_037_037],
    [1_234_567_890, '89005924', 41_152_263],
    [2_000_000_000, '69279037', 66_666_666],
    [20_000_000_000, '65353130', 666_666_666],
  ])('at %d s are those of the RFC', (seconds, password, step) => {
    const at = new Date(seconds * 1_000);
    expect(stepOfOneTimePassword(secret, password.slice(2), at)).toBe(step);
    expect(oneTimePassword(secret, at, 8)).toBe(password);
  });

  it.each([
    [-60, undefined],
    [-30, 66_666_665],
    [30, 66_666_667],
    [60, undefined],
  ])('may be off by one step: %d s', (seconds, step) => {
    const password = oneTimePassword(secret, new Date((2_000_000_000 + seconds) * 1_000));
    expect(stepOfOneTimePassword(secret, password, new Date(2_000_000_000_000))).toBe(step);
  });

  it.each(['', '27903', '2790370', '27903x', '６９２７９０'])('are six digits: %j is none', (password) => {
    expect(stepOfOneTimePassword(secret, password, new Date(2_000_000_000_000))).toBeUndefined();
  });

  it('come from a secret that another program takes from the text and from the URI alike', () => {
    const made = newOneTimeSecret();
    const shown = presentOneTimeSecret(made, { issuer: 'Tea & Co', account: 'ada@example.com' });
    const uri = new URL(shown.otpauthUri);
    expect(made).toHaveLength(20);
    expect(fromBase32(shown.secret)).toEqual(made);
    expect(uri.protocol + uri.host).toBe('otpauth:totp');
    expect(decodeURIComponent(uri.pathname)).toBe('/Tea & Co:ada@example.com');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Tea & Co',
      secret: shown.secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
