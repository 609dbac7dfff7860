import { formatCookie, readCookie } from './cookies.js';

describe('cookies', () => {
  it.each([
    [true, 'a=b; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure'],
    [false, 'a=b; Path=/; Max-Age=60; HttpOnly; SameSite=Lax'],
  ])('are kept from scripts and other sites; secure: %s', (secure, expected) => {
    expect(formatCookie({ name: 'a', value: 'b', seconds: 60, secure })).toBe(expected);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['a=1', '1'],
    ['b=2; a=1; c=3', '1'],
    ['b=2;a=1', '1'],
    ['a=1; a=2', '1'],
    ['a=1=2', '1=2'],
    ['aa=1; xa=2; a', ''],
    ['A=1', undefined],
    ['b=a=1', undefined],
  ])('are read from %j', (header, value) => {
    expect(readCookie(header, 'a')).toBe(value);
  });
});
