import { isCountry } from './countries.js';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Codes of countries by their English name, in lower case. */
const codes: ReadonlyMap<string, string> = new Map(
  allCodes().map((code) => [(names.of(code) ?? code).toLowerCase(), code]),
);

function allCodes(): string[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters.flatMap((first) => letters.map((second) => first + second)).filter(isCountry);
}

/** The English name of a country; what is not the code of one is a name already. */
export function countryName(country: string): string {
  return (isCountry(country) ? names.of(country) : undefined) ?? country;
}

/**
 * How a country is kept that a file or a question names: by its code, where it is one or the English name of one, else
 * as it is written.
 */
export function countryOf(text: string): string {
  const code = text.toUpperCase();
  return isCountry(code) ? code : (codes.get(text.toLowerCase()) ?? text);
}
