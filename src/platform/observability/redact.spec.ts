import { isSecretName, redact, redactUrl } from './redact.js';

describe('redaction of logs', () => {
  it.each([
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'Set-Cookie',
    'x-api-key',
    'apiKey',
    'cart-token',
    'refreshToken',
    'password',
    'newPassword',
    'client_secret',
    'email',
  ])('hides the field %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['route', 'method', 'requestId', 'userId', 'job', 'err', 'key'])('shows the field %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it('hides secrets at every depth and keeps the rest', () => {
    const fields = {
      requestId: 'r1',
      headers: { authorization: 'Bearer x', accept: '*/*' },
      users: [{ name: 'Ada', email: 'ada@example.com' }],
      none: null,
    };
    expect(redact(fields)).toEqual({
      requestId: 'r1',
      headers: { authorization: '[redacted]', accept: '*/*' },
      users: [{ name: 'Ada', email: '[redacted]' }],
      none: null,
    });
    expect(fields.headers.authorization).toBe('Bearer x');
  });

  it('leaves errors and dates as they are', () => {
    const err = new Error('boom');
    const at = new Date(0);
    const copy = redact({ err, at });
    expect(copy.err).toBe(err);
    expect(copy.at).toBe(at);
  });

  it('ends on an object that contains itself', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    expect(JSON.stringify(redact(loop))).toContain('{…}');
  });

  it.each([
    ['/api/products?page=2&q=lamp', '/api/products?page=2&q=lamp'],
    ['/api/products', '/api/products'],
    ['/api/users?q=ada%40b.c&page=2', '/api/users?q=[redacted]&page=2'],
    ['/api/admin/sales?q=Ada', '/api/admin/sales?q=[redacted]'],
    ['/api//products?%71=Ada', '/api//products?%71=[redacted]'],
    ['/confirm?token=abc&x=1', '/confirm?token=[redacted]&x=1'],
    ['/confirm?access%5Ftoken=abc', '/confirm?access%5Ftoken=[redacted]'],
    ['/x?api_key=1&api-key=2&email=a%40b.c', '/x?api_key=[redacted]&api-key=[redacted]&email=[redacted]'],
    ['/x?%E0%A4%A=1&code=77', '/x?%E0%A4%A=1&code=[redacted]'],
  ])('logs the address %s as %s', (url, logged) => {
    expect(redactUrl(url)).toBe(logged);
  });
});
