import { secretBytes, sign, verify } from './standard-webhooks.js';

// The example of the specification: https://github.com/standard-webhooks/standard-webhooks
const SECRET = secretBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT = new Date(1_614_265_330_000);
const BODY = Buffer.from('{"test": 2432232314}');

it('signs as the specification does', () => {
  expect(sign(SECRET, ID, AT, BODY)).toEqual({
    'webhook-id': ID,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('takes what it signed, also beside other signatures, for five minutes before and after', () => {
  const headers = { ...sign(SECRET, ID, AT, BODY) };
  const several = { ...headers, 'webhook-signature': `v1,AAAA v1a,BBBB ${headers['webhook-signature']}` };
  for (const seconds of [-300, 0, 300]) {
    expect(verify(SECRET, several, BODY, new Date(AT.getTime() + seconds * 1_000))).toBe(ID);
  }
});

it.each([
  ['webhook-timestamp', {}, 301],
  ['webhook-timestamp', {}, -301],
  ['webhook-timestamp', { 'webhook-timestamp': 'soon' }, 0],
  ['webhook-id', { 'webhook-id': undefined }, 0],
  ['webhook-id', { 'webhook-id': ['a', 'b'] }, 0],
  ['webhook-signature', { 'webhook-id': 'another' }, 0],
  ['webhook-signature', { 'webhook-signature': '' }, 0],
  ['webhook-signature', { 'webhook-signature': 'v1,' }, 0],
  ['webhook-signature', { 'webhook-signature': 'v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' }, 0],
])('refuses, naming %s, what is not signed like this: %j', (header, changes, seconds) => {
  const headers = { ...sign(SECRET, ID, AT, BODY), ...changes };
  const now = new Date(AT.getTime() + seconds * 1_000);
  expect(() => verify(SECRET, headers, BODY, now)).toThrow(header);
});

it('takes a secret that is no base64 as it is', () => {
  expect(secretBytes('plain')).toEqual(Buffer.from('plain'));
});
