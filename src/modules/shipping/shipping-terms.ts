import { type FieldProblem, InvalidInput } from '../../common/domain-error.js';
import { type CurrencyCode, formatMoney, parseMoney } from '../../common/money.js';
import type {
  CreateShippingMethod,
  ShippingBracketInput,
  ShippingBracketResponse,
  ShippingMethodResponse,
  UpdateShippingMethod,
} from './dto/shipping-method.dto.js';
import type { KeptBracket, ShippingKind } from './shipping.events.js';
import type { ShippingMethodRow } from './shipping-method-row.js';

/** What staff decide about a shipping method. */
export type Terms = Omit<ShippingMethodRow, 'id' | 'code' | 'version' | 'created_at' | 'updated_at'>;

const DEFAULTS = {
  active: true,
  price: null,
  brackets: null,
  free_above: null,
  countries: null,
  sort_order: 0,
  tax_category: null,
} as const;

/** @throws {InvalidInput} naming every field that does not fit */
export function newTerms(input: CreateShippingMethod, currency: CurrencyCode): Terms {
  const { name, kind } = input;
  return fitting({ ...DEFAULTS, ...writtenIn(input, kind, currency), name, kind });
}

/**
 * The terms after a change; the price and the brackets of another kind than it has then go.
 * @throws {InvalidInput} naming every field that does not fit
 */
export function changedTerms(before: Terms, input: UpdateShippingMethod, currency: CurrencyCode): Terms {
  const kind = input.kind ?? before.kind;
  const kept = kind === before.kind ? before : { ...before, price: null, brackets: null };
  return fitting({ ...kept, ...writtenIn(input, kind, currency), name: input.name ?? before.name, kind });
}

function writtenIn(input: UpdateShippingMethod, kind: ShippingKind, currency: CurrencyCode): Partial<Terms> {
  const money = (amount: string | number | null | undefined, path: string): bigint | null | undefined =>
    amount === null || amount === undefined ? amount : parseMoney(amount, currency, path);
  const given: { readonly [Name in keyof Terms]?: Terms[Name] | undefined } = {
    active: input.active,
    price: money(input.price, 'price'),
    brackets: input.brackets && readBrackets(input.brackets, kind, currency),
    free_above: money(input.freeAbove, 'freeAbove'),
    countries: input.countries && [...new Set(input.countries)].sort(),
    sort_order: input.sortOrder,
    tax_category: input.taxCategory,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

type LimitField = 'maxWeight' | 'maxTotal';
const LIMITS: Readonly<Record<ShippingKind, LimitField | undefined>> = {
  flat: undefined,
  by_weight: 'maxWeight',
  by_total: 'maxTotal',
};

function readBrackets(
  brackets: readonly ShippingBracketInput[],
  kind: ShippingKind,
  currency: CurrencyCode,
): KeptBracket[] {
  const problems: FieldProblem[] = [];
  let below: bigint | null = -1n;
  const kept = brackets.map((bracket, index) => {
    const path = `brackets.${index}`;
    const upTo = limitOf(bracket, kind, currency, path, problems);
    if (below === null) problems.push({ path, message: 'stands behind one without a limit' });
    else if (upTo !== null && upTo <= below) problems.push({ path, message: 'must have a higher limit than the last' });
    below = upTo;
    return { upTo: upTo?.toString() ?? null, price: parseMoney(bracket.price, currency, `${path}.price`).toString() };
  });
  if (problems.length > 0) throw new InvalidInput(problems);
  return kept;
}

function limitOf(
  bracket: ShippingBracketInput,
  kind: ShippingKind,
  currency: CurrencyCode,
  path: string,
  problems: FieldProblem[],
): bigint | null {
  for (const field of ['maxWeight', 'maxTotal'] as const) {
    if (field !== LIMITS[kind] && (bracket[field] ?? null) !== null)
      problems.push({ path: `${path}.${field}`, message: `is not for kind ${kind}` });
  }
  if (kind === 'by_weight') return (bracket.maxWeight ?? null) === null ? null : BigInt(bracket.maxWeight ?? 0);
  const total = kind === 'by_total' ? (bracket.maxTotal ?? null) : null;
  return total === null ? null : parseMoney(total, currency, `${path}.maxTotal`);
}

function fitting(terms: Terms): Terms {
  const problems: FieldProblem[] = [];
  const wanted = terms.kind === 'flat' ? 'price' : 'brackets';
  for (const path of ['price', 'brackets'] as const) {
    if (path === wanted && terms[path] === null) problems.push({ path, message: `is required for kind ${terms.kind}` });
    if (path !== wanted && terms[path] !== null) problems.push({ path, message: `is not for kind ${terms.kind}` });
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return terms;
}

export function toShippingMethod(row: ShippingMethodRow, currency: CurrencyCode): ShippingMethodResponse {
  const money = (amount: bigint | null): string | null => (amount === null ? null : formatMoney(amount, currency));
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    kind: row.kind,
    price: money(row.price),
    brackets: row.brackets?.map((bracket) => toBracket(bracket, row.kind, currency)) ?? null,
    freeAbove: money(row.free_above),
    currency,
    countries: row.countries,
    sortOrder: row.sort_order,
    taxCategory: row.tax_category,
    active: row.active,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function toBracket({ upTo, price }: KeptBracket, kind: ShippingKind, currency: CurrencyCode): ShippingBracketResponse {
  return {
    maxWeight: kind === 'by_weight' && upTo !== null ? Number(upTo) : null,
    maxTotal: kind === 'by_total' && upTo !== null ? formatMoney(BigInt(upTo), currency) : null,
    price: formatMoney(BigInt(price), currency),
  };
}
