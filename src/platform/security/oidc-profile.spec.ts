import { readProfile } from './oidc-profile.js';

describe('what a provider says of a person', () => {
  const ada = { email: ' ada@example.com', email_verified: true, name: 'Ada' };

  it.each([
    [ada, { email: 'ada@example.com', emailVerified: true, name: 'Ada' }],
    [{ ...ada, email_verified: 'true' }, { emailVerified: true }],
    [
      { ...ada, email_verified: false },
      { email: 'ada@example.com', emailVerified: false },
    ],
    [{ ...ada, email_verified: undefined }, { emailVerified: false }],
    [{ ...ada, email_verified: 1 }, { emailVerified: false }],
    [
      { ...ada, email: 'nobody' },
      { email: undefined, emailVerified: false },
    ],
    [
      { ...ada, email: ['ada@example.com'] },
      { email: undefined, emailVerified: false },
    ],
    [{}, { email: undefined, emailVerified: false, name: undefined }],
    [{ given_name: 'Ada', family_name: 'Lovelace' }, { name: 'Ada Lovelace' }],
    [{ family_name: 'Lovelace' }, { name: 'Lovelace' }],
    [{ name: ' ', nickname: 'ada' }, { name: 'ada' }],
    [{ name: 'A\u0000da', preferred_username: 'ada' }, { name: 'ada' }],
    [{ name: 'x'.repeat(201) }, { name: undefined }],
    [{ name: { first: 'Ada' } }, { name: undefined }],
  ])('%j is read as it can be used', (claims, expected) => {
    expect(readProfile(claims)).toMatchObject(expected);
  });
});
