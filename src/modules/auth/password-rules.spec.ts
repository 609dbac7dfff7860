import { normalizePassword, passwordProblems } from './password-rules.js';

describe('the rules for new passwords', () => {
  it.each([
    'Correct-horse-7',
    'Tr0ub4dor&3',
    'Æ9łó;xqz',
    `Aa1!${'x'.repeat(124)}`,
    `Aa1!${'💡'.repeat(124)}`,
    'Blue whale 4 ever.',
    'Password of 7 hamsters!',
    'Xk9#Xk9#',
  ])('take %s', (password) => {
    expect(passwordProblems(password)).toEqual([]);
  });

  it.each([
    ['Aa1!xyz', ['must have 8 to 128 characters']],
    [`Aa1!${'x'.repeat(125)}`, ['must have 8 to 128 characters']],
    ['correct-horse-7', ['must hold an upper-case letter']],
    ['CORRECT-HORSE-7', ['must hold a lower-case letter']],
    ['Correct-horse', ['must hold a digit']],
    ['Correcthorse7', ['must hold a special character, such as ! or #']],
    [
      'correct horse',
      ['must hold an upper-case letter', 'must hold a digit', 'must hold a special character, such as ! or #'],
    ],
  ])('say of %s what is missing', (password, problems) => {
    expect(passwordProblems(password)).toEqual(problems);
  });

  it.each([
    'Password1!',
    'P@ssw0rd',
    'Passw0rd!',
    'pa$$W0RD123',
    'Qwerty123!',
    'Welcome@2024',
    'W3lcome1!',
    'Summer2026!',
    '!Admin123',
    '1qaz@WSX',
    'Abcd1234!',
    'Aa@123456',
    'ILoveYou1!',
    'Trustno1!',
    'Letmein#1',
    'Passw0rd!Passw0rd!',
    'Aa1!Aa1!Aa1!',
  ])('know %s for one that is tried first', (password) => {
    expect(passwordProblems(password)).toEqual(['is one of those that are tried first; choose another']);
  });

  it('count composed and decomposed accents as the same password', () => {
    expect(normalizePassword('Ca\u0301fe-9xyz')).toBe(normalizePassword('C\u00e1fe-9xyz'));
  });
});
