import { countryOf } from '../../../common/country-names.js';
import { minorDigits, parseMinor } from '../../../common/money.js';
import { isCleanText } from '../../../platform/fields/text-rules.js';
import type { SaleColumn } from './sale-columns.js';

/** A line of a sale as a file has it. */
export interface SaleLine {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly number: string;
  /** The sale takes back what another one was about. */
  readonly cancelled: boolean;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** Minor units. */
  readonly unitPrice: bigint;
  readonly placedAt: Date;
  readonly customer: string | undefined;
  readonly country: string;
}

/** Why a row is not taken. */
export interface LineProblem {
  readonly column: SaleColumn | '';
  readonly code: string;
  readonly reason: string;
}

export type RawLine = Partial<Readonly<Record<SaleColumn, unknown>>>;

/** More than any line of a sale comes to: sums of many still fit a bigint. */
const LARGEST_TOTAL = 1_000_000_000_000_000n;
const LARGEST_QUANTITY = 2_147_483_647;

/** Numbers of documents that take a sale back, as merchants' systems have them: `C536379`. */
const CANCELLATION = /^C\d/i;
/** Numbers that this shop gives. */
const OURS = /^S-\d+$/;

class Refused extends Error {
  constructor(readonly problem: LineProblem) {
    super(problem.reason);
  }
}

function refuse(column: SaleColumn | '', code: string, reason: string): never {
  throw new Refused({ column, code, reason });
}

const shown = (value: unknown): string => JSON.stringify(String(value).slice(0, 80));

function textOf(raw: RawLine, column: SaleColumn, max: number): string | undefined {
  const value = raw[column];
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : undefined;
  if (text === undefined || text.length > max || !isCleanText(text)) {
    refuse(column, 'invalid', `must be a text of at most ${max} characters`);
  }
  return text === '' ? undefined : text;
}

function required(raw: RawLine, column: SaleColumn, max: number): string {
  return textOf(raw, column, max) ?? refuse(column, 'missing', 'is missing');
}

/** Reads rows; times and countries are often those of the row before. */
export class LineReader {
  private readonly digits: number;
  private lastTime: readonly [text: string, time: Date] | undefined;
  private lastCountry: readonly [text: string, country: string] | undefined;

  constructor(private readonly currency: string) {
    this.digits = minorDigits(currency);
  }

  read(line: number, raw: RawLine): SaleLine | LineProblem {
    try {
      return this.lineOf(line, raw);
    } catch (error) {
      if (error instanceof Refused) return error.problem;
      throw error;
    }
  }

  private lineOf(line: number, raw: RawLine): SaleLine {
    const number = required(raw, 'number', 64);
    if (OURS.test(number))
      refuse('number', 'number_reserved', `${shown(number)} is a number that this shop gives itself`);
    const sku = required(raw, 'sku', 64);
    const placedAt = this.timeOf(required(raw, 'placedAt', 40));
    const { quantity, cancelled } = quantityOf(required(raw, 'quantity', 20), number);
    const unitPrice = this.priceOf(required(raw, 'unitPrice', 40));
    if (unitPrice * BigInt(quantity) > LARGEST_TOTAL)
      refuse('unitPrice', 'too_large', 'makes the line too dear to be true');
    const name = textOf(raw, 'name', 255) ?? sku;
    const customer = textOf(raw, 'customer', 254);
    const country = this.countryOf(textOf(raw, 'country', 100) ?? '');
    return { line, number, cancelled, sku, name, quantity, unitPrice, placedAt, customer, country };
  }

  private priceOf(text: string): bigint {
    const match = /^(-?)(\d{1,13})(?:\.(\d{1,20}))?$/.exec(text);
    if (match === null) refuse('unitPrice', 'invalid', `must be an amount of ${this.currency}, not ${shown(text)}`);
    const [, sign, whole = '', fraction = ''] = match;
    const kept = fraction.slice(0, this.digits);
    if (/[1-9]/.test(fraction.slice(this.digits))) {
      const least = this.digits === 0 ? '1' : `0.${'1'.padStart(this.digits, '0')}`;
      refuse('unitPrice', 'too_precise', `${shown(text)} is no multiple of ${least} ${this.currency}`);
    }
    const price = parseMinor(kept === '' ? whole : `${whole}.${kept}`, this.currency);
    if (price === undefined)
      refuse('unitPrice', 'invalid', `must be an amount of ${this.currency}, not ${shown(text)}`);
    if (sign !== '' && price > 0n) refuse('unitPrice', 'negative_price', `${shown(text)} is below zero: no sale`);
    if (price === 0n) refuse('unitPrice', 'no_price', 'is zero: nothing was sold');
    return price;
  }

  private timeOf(text: string): Date {
    if (this.lastTime?.[0] === text) return this.lastTime[1];
    const time = parseTime(text);
    if (time === undefined) {
      refuse('placedAt', 'invalid', `must be a time such as 2011-03-31 14:05:00 or RFC 3339, not ${shown(text)}`);
    }
    this.lastTime = [text, time];
    return time;
  }

  private countryOf(text: string): string {
    if (this.lastCountry?.[0] !== text) this.lastCountry = [text, countryOf(text)];
    return this.lastCountry?.[1] ?? text;
  }
}

function quantityOf(text: string, number: string): { quantity: number; cancelled: boolean } {
  if (!/^[+-]?\d{1,15}$/.test(text)) refuse('quantity', 'invalid', `must be an integer, not ${shown(text)}`);
  const quantity = Number(text);
  if (Math.abs(quantity) > LARGEST_QUANTITY) refuse('quantity', 'invalid', `must be at most ${LARGEST_QUANTITY}`);
  if (quantity === 0) refuse('quantity', 'no_quantity', 'is zero: nothing was sold');
  const cancelled = CANCELLATION.test(number);
  if (cancelled && quantity > 0)
    refuse('quantity', 'not_a_sale', `${shown(number)} is a cancellation, which takes pieces back`);
  if (!cancelled && quantity < 0)
    refuse('quantity', 'not_a_sale', `${text} pieces are a correction of stock, not a sale`);
  return { quantity: Math.abs(quantity), cancelled };
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** A time that exists; without a zone it is in UTC. */
export function parseTime(text: string): Date | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (year < 1900 || hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds));
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  const offset = offsetOf(match[8]);
  return offset === undefined ? undefined : new Date(local.getTime() - offset);
}

/** Milliseconds of an offset from UTC. */
function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined || /^z$/i.test(text)) return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  if (hours > 15 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
