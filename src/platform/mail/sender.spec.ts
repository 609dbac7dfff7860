import { senderOf } from './sender.js';

it.each([
  [
    'the address that is set',
    { MAIL_FROM: 'shop@example.com', PUBLIC_URL: 'https://other.example' },
    'shop@example.com',
  ],
  [
    'one at the public host',
    { MAIL_FROM: undefined, PUBLIC_URL: 'https://shop.example:8443/x' },
    'no-reply@shop.example',
  ],
  [
    'one at localhost for a bare address',
    { MAIL_FROM: undefined, PUBLIC_URL: 'http://127.0.0.1' },
    'no-reply@localhost',
  ],
  [
    'one at localhost for a bare IPv6 address',
    { MAIL_FROM: undefined, PUBLIC_URL: 'http://[::1]' },
    'no-reply@localhost',
  ],
  ['one at localhost without any', { MAIL_FROM: undefined, PUBLIC_URL: undefined }, 'no-reply@localhost'],
])('mails are from %s, in the name of the shop', (_, settings, address) => {
  expect(senderOf({ ...settings, STORE_NAME: 'Ada’s' })).toEqual({ name: 'Ada’s', address });
});
