import { apiKeyOf, newApiKey, prefixOf } from './api-key.js';

describe('a new API key', () => {
  it('begins with the prefix that it is known by', () => {
    const { key, prefix } = newApiKey();
    expect(key).toMatch(/^tp_[\da-f]{12}_[\w-]{43}$/);
    expect(key.startsWith(`${prefix}_`)).toBe(true);
    expect(prefixOf(key)).toBe(prefix);
  });

  it('is not like another', () => {
    expect(newApiKey()).not.toEqual(newApiKey());
  });
});

describe('a text that has not the shape of a key', () => {
  const { key } = newApiKey();

  it.each([
    '',
    'tp_',
    key.slice(0, -1),
    `${key}x`,
    ` ${key}`,
    `${key}\n`,
    key.toUpperCase(),
    key.replace('tp_', 'sk_'),
    `${key}, ${key}`,
    key.slice(0, 15),
  ])('has no prefix: %j', (text) => {
    expect(prefixOf(text)).toBeUndefined();
  });
});

describe('the key of a request', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['abc', 'abc'],
    [['a', 'b'], 'a, b'],
  ])('with the header %j is %j', (header, key) => {
    expect(apiKeyOf({ headers: { 'x-api-key': header } })).toBe(key);
  });
});
