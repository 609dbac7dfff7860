import { ConfigError, parseConfig } from './config.js';

describe('configuration', () => {
  it('is complete without any setting, and takes an empty text for none', () => {
    expect(parseConfig({})).toMatchObject({ PORT: 3000, STORE_CURRENCY: 'USD', CORS_ORIGINS: [] });
    expect(parseConfig({ PORT: '', DATABASE_URL: '' })).toEqual(parseConfig({}));
  });

  it.each([
    ['PORT', '8080', 8080],
    ['PORT', '0', 0],
    ['WORKER', 'off', false],
    ['STORE_CURRENCY', 'KWD', 'KWD'],
    ['DATABASE_URL', 'postgresql://shop@db/shop', 'postgresql://shop@db/shop'],
    ['CORS_ORIGINS', 'https://a.example, http://localhost:5173', ['https://a.example', 'http://localhost:5173']],
    ['CORS_ORIGINS', '*', ['*']],
    [
      'OIDC_RETURN_URLS',
      'https://a.example/in, http://localhost:5173/',
      ['https://a.example/in', 'http://localhost:5173/'],
    ],
  ] as const)('reads %s from "%s"', (name, text, value) => {
    expect(parseConfig({ [name]: text })[name]).toEqual(value);
  });

  it.each([
    ['PORT', '70000', 'must be a whole number from 0 to 65535'],
    ['PORT', '3e3', 'must be a whole number'],
    ['WORKER', 'maybe', 'must be true or false'],
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug'],
    ['STORE_CURRENCY', 'XXX', 'must be the ISO 4217 code'],
    ['STORE_CURRENCY', 'usd', 'must be the ISO 4217 code'],
    ['DATABASE_URL', 'mysql://shop@db/shop', 'must be a URL that starts with postgres:// or postgresql://'],
    ['CORS_ORIGINS', 'shop.example', 'must be * or origins'],
    ['CORS_ORIGINS', 'https://shop.example/', 'must be * or origins'],
    ['OIDC_RETURN_URLS', '*', 'must be https URLs'],
    ['OIDC_RETURN_URLS', 'http://shop.example/in', 'must be https URLs'],
    ['OIDC_RETURN_URLS', 'https://shop.example/in#', 'must be https URLs'],
    ['OIDC_RETURN_URLS', 'https://user@shop.example/in', 'must be https URLs'],
    ['OIDC_RETURN_URLS', 'javascript:alert(1)', 'must be https URLs'],
  ])('refuses %s="%s"', (name, text, message) => {
    expect(() => parseConfig({ [name]: text })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: text })).toThrow(`${name} ${message}`);
  });

  it('names every setting that is wrong at once', () => {
    expect(() => parseConfig({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/PORT .*; LOG_LEVEL /);
  });
});
