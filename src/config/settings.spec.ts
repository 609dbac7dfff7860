import { ranges } from './settings.js';

const { parse } = ranges('Proxies.');

it('takes addresses, CIDRs and names of ranges', () => {
  const words = ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1', 'loopback', 'uniquelocal'];
  expect(parse(words.join(', '))).toEqual(words);
});

it.each(['true', '*', 'proxy.example.com', '10.0.0.0/33', '2001:db8::/129', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0/8'])(
  'refuses %s, which would trust everybody or nobody',
  (word) => {
    expect(() => parse(`10.0.0.1,${word}`)).toThrow('must be IP addresses');
  },
);
