import { parseConfig } from '../../config/config.js';
import { readOidcSettings } from './oidc-settings.js';

const provider = { OIDC_ISSUER: 'https://login.example', OIDC_CLIENT_ID: 'shop' };
const settings = (environment: Record<string, string>) => readOidcSettings(parseConfig(environment));

describe('the settings of the OpenID provider', () => {
  it('are none by default', () => {
    expect(settings({})).toBeUndefined();
  });

  it.each([
    [{ PUBLIC_URL: 'https://shop.example' }, 'https://shop.example/api/users/oidc/callback'],
    [{ PUBLIC_URL: 'https://example.com/shop/' }, 'https://example.com/shop/api/users/oidc/callback'],
    [{ PORT: '3456' }, 'http://127.0.0.1:3456/api/users/oidc/callback'],
    [{ OIDC_REDIRECT_URI: 'https://x.example/back', PUBLIC_URL: 'https://shop.example' }, 'https://x.example/back'],
  ])('with %j send people back to %s', (more, address) => {
    expect(settings({ ...provider, ...more })?.redirectUri.href).toBe(address);
  });

  it.each([
    { OIDC_ISSUER: 'https://login.example' },
    { OIDC_CLIENT_ID: 'shop' },
    { ...provider, OIDC_ISSUER: 'http://login.example' },
    { ...provider, OIDC_ISSUER: 'http://127.0.0.1.example:9000' },
    { ...provider, OIDC_ISSUER: 'http://127.0.0.1:9000', NODE_ENV: 'production' },
    { ...provider, OIDC_SCOPES: 'email profile' },
  ])('cannot be %j', (environment) => {
    expect(() => settings(environment as Record<string, string>)).toThrow(/OIDC_/);
  });

  it.each(['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000'])(
    'may be %s for development',
    (url) => {
      expect(settings({ ...provider, OIDC_ISSUER: url })?.insecure).toBe(true);
    },
  );
});
