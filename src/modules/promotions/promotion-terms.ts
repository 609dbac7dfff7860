import { type FieldProblem, InvalidInput } from '../../common/domain-error.js';
import { type CurrencyCode, formatMoney, parseMoney } from '../../common/money.js';
import { CODE_MAX, isCode, normalizeCode } from './coupon-code.js';
import type { CreatePromotion, PromotionResponse, UpdatePromotion } from './dto/promotion.dto.js';
import type { PromotionRow, PromotionType } from './promotion-row.js';

/** What staff decide about a promotion. */
export type Terms = Omit<PromotionRow, 'id' | 'uses' | 'version' | 'created_at' | 'updated_at'>;

const DEFAULTS: Omit<Terms, 'name' | 'type'> = {
  code: null,
  rate: null,
  amount: null,
  buy_quantity: null,
  get_quantity: null,
  product_ids: null,
  category_ids: null,
  minimum: 0n,
  exclusive: false,
  priority: 0,
  starts_at: null,
  ends_at: null,
  usage_limit: null,
  per_customer_limit: null,
  active: true,
};

const IN_WHOLE = 1_000_000;

/**
 * The terms of a new promotion.
 * @throws {InvalidInput} naming every field that does not fit
 */
export function newTerms(input: CreatePromotion, currency: CurrencyCode): Terms {
  return fitting({ ...DEFAULTS, ...writtenIn(input, currency), name: input.name, type: input.type });
}

/**
 * The terms of a promotion after a change; what belongs to another type than it has then goes.
 * @throws {InvalidInput} naming every field that does not fit
 */
export function changedTerms(before: Terms, input: UpdatePromotion, currency: CurrencyCode): Terms {
  const type = input.type ?? before.type;
  const kept = type === before.type ? before : { ...before, ...NO_BENEFIT };
  return fitting({ ...kept, ...writtenIn(input, currency), name: input.name ?? before.name, type });
}

const NO_BENEFIT = { rate: null, amount: null, buy_quantity: null, get_quantity: null } as const;

function writtenIn(input: UpdatePromotion, currency: CurrencyCode): Partial<Terms> {
  const time = (text: string | null): Date | null => (text === null ? null : new Date(text));
  const given: { readonly [Name in keyof Terms]?: Terms[Name] | undefined } = {
    code: mapped(input.code, readCode),
    rate: mapped(input.percentage, readPercentage),
    amount: mapped(input.amount, (amount) => parseMoney(amount, currency, 'amount')),
    buy_quantity: input.buyQuantity,
    get_quantity: input.getQuantity,
    product_ids: mapped(input.productIds, lowerCase),
    category_ids: mapped(input.categoryIds, lowerCase),
    minimum: input.minimum === undefined ? undefined : parseMoney(input.minimum, currency, 'minimum'),
    exclusive: input.exclusive,
    priority: input.priority,
    starts_at: mapped(input.startsAt, time),
    ends_at: mapped(input.endsAt, time),
    usage_limit: input.usageLimit,
    per_customer_limit: input.perCustomerLimit,
    active: input.active,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function mapped<From, To>(value: From | null | undefined, read: (value: From) => To): To | null | undefined {
  if (value === undefined) return undefined;
  return value === null ? null : read(value);
}

function lowerCase(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

function readCode(text: string): string {
  const code = normalizeCode(text);
  if (isCode(code)) return code;
  throw InvalidInput.field('code', `must be at most ${CODE_MAX} letters and digits, with single - or _ between them`);
}

function readPercentage(given: string | number): number {
  const [, whole = '', fraction = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(String(given)) ?? [];
  const rate = Number(`${whole}${fraction.padEnd(4, '0')}`);
  if (whole !== '' && rate > 0 && rate <= IN_WHOLE) return rate;
  throw InvalidInput.field('percentage', 'must be above 0 and at most 100, with at most 4 decimal digits');
}

type BenefitField = 'percentage' | 'amount' | 'buyQuantity' | 'getQuantity';
const COLUMN_OF = {
  percentage: 'rate',
  amount: 'amount',
  buyQuantity: 'buy_quantity',
  getQuantity: 'get_quantity',
} as const;
const FIELDS_OF: Readonly<Record<PromotionType, readonly BenefitField[]>> = {
  percentage: ['percentage'],
  fixed: ['amount'],
  buy_x_get_y: ['percentage', 'buyQuantity', 'getQuantity'],
  free_shipping: [],
};

function fitting(asked: Terms): Terms {
  const terms = asked.type === 'buy_x_get_y' && asked.rate === null ? { ...asked, rate: IN_WHOLE } : asked;
  const wanted = FIELDS_OF[terms.type];
  const problems: FieldProblem[] = [];
  for (const path of Object.keys(COLUMN_OF) as BenefitField[]) {
    const has = terms[COLUMN_OF[path]] !== null;
    if (wanted.includes(path) && !has) problems.push({ path, message: `is required for type ${terms.type}` });
    if (!wanted.includes(path) && has) problems.push({ path, message: `is not for type ${terms.type}` });
  }
  if (terms.amount === 0n) problems.push({ path: 'amount', message: 'must be above 0' });
  if (terms.starts_at !== null && terms.ends_at !== null && terms.starts_at >= terms.ends_at)
    problems.push({ path: 'endsAt', message: 'must be after startsAt' });
  if (problems.length > 0) throw new InvalidInput(problems);
  return terms;
}

/** 88,750 millionths are 8.875 %. */
function formatPercentage(rate: number): string {
  return String(rate / (IN_WHOLE / 100));
}

export function toPromotion(row: PromotionRow, currency: CurrencyCode): PromotionResponse {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    type: row.type,
    percentage: row.rate === null ? null : formatPercentage(row.rate),
    amount: row.amount === null ? null : formatMoney(row.amount, currency),
    currency,
    buyQuantity: row.buy_quantity,
    getQuantity: row.get_quantity,
    productIds: row.product_ids,
    categoryIds: row.category_ids,
    minimum: formatMoney(row.minimum, currency),
    exclusive: row.exclusive,
    priority: row.priority,
    startsAt: row.starts_at?.toISOString() ?? null,
    endsAt: row.ends_at?.toISOString() ?? null,
    usageLimit: row.usage_limit,
    perCustomerLimit: row.per_customer_limit,
    uses: row.uses,
    active: row.active,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
