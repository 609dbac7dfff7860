import { emailKey, isEmail, normalizeEmail } from './email.js';

describe('email addresses', () => {
  it.each([
    'ada@example.com',
    "o'neill+shop@mail.example.co.uk",
    'jörg@bücher.de',
    'a@b.cd',
    `${'a'.repeat(64)}@example.com`,
    'ａｄａ@example.com',
  ])('takes %s', (email) => {
    expect(isEmail(email)).toBe(true);
  });

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'ada@127.0.0.1',
    'ada@@example.com',
    'ada lovelace@example.com',
    'ada@exa mple.com',
    '.ada@example.com',
    'ada.@example.com',
    'a..da@example.com',
    'ada@-example.com',
    'ada@example..com',
    'ada@example.com\r\nBcc: eve@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `${'ä'.repeat(40)}@example.com`,
    `a@${'b.'.repeat(130)}com`,
  ])('refuses %j', (email) => {
    expect(isEmail(email)).toBe(false);
  });

  it.each([
    ['ADA@Example.COM', 'ada@example.com'],
    ['ａｄａ＠example.com', 'ada@example.com'],
    ['  ada@example.com ', 'ada@example.com'],
    ['jo\u0308rg@example.com', 'j\u00f6rg@example.com'],
    ['ada@BÜCHER.de', 'ada@xn--bcher-kva.de'],
    ['ΟΔΟΣ@example.com', 'οδοσ@example.com'],
  ])('takes %j and %j for one', (one, other) => {
    expect(emailKey(one)).toBe(emailKey(other));
  });

  it('keeps the case in which an address was written', () => {
    expect(normalizeEmail(' Ada@Example.com')).toBe('Ada@Example.com');
  });

  it('reads 50 KB of anything at once', () => {
    for (const text of ['a'.repeat(50_000), 'a.'.repeat(25_000), `a@${'b-'.repeat(25_000)}`]) {
      expect(isEmail(text)).toBe(false);
      expect(emailKey(text)).toEqual(expect.any(String));
    }
  });
});
