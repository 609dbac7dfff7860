import { isCountry } from './countries.js';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

describe('isCountry', () => {
  it('knows the 249 codes that ISO 3166-1 assigns', () => {
    const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
    expect(pairs.filter(isCountry)).toHaveLength(249);
  });

  it('names each of them in the language data of the runtime', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
    expect(pairs.filter((code) => isCountry(code) && names.of(code) === undefined)).toEqual([]);
  });

  it.each(['de', 'De', 'UK', 'EU', 'XK', 'ZZ', 'AA', 'QM', 'DEU', 'D', '', ' DE', 'DE ', '276'])(
    'refuses %j',
    (code) => {
      expect(isCountry(code)).toBe(false);
    },
  );
});
