import { addressOf } from './stripe-account.js';

it.each([
  [undefined, undefined],
  ['http://127.0.0.1:12111', { protocol: 'http', host: '127.0.0.1', port: 12_111 }],
  ['http://localhost', { protocol: 'http', host: 'localhost', port: 80 }],
  ['https://stripe.proxy.example', { protocol: 'https', host: 'stripe.proxy.example', port: 443 }],
])('STRIPE_API_BASE=%s is %j', (base, address) => {
  expect(addressOf({ STRIPE_API_BASE: base })).toEqual(address);
});

it.each(['http://stripe.example', 'http://10.0.0.1:80', 'http://127.0.0.1.example'])(
  'sends the secret key nowhere in the clear: %s',
  (base) => {
    expect(() => addressOf({ STRIPE_API_BASE: base })).toThrow('must be https');
  },
);
