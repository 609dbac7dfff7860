import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateIf, ValidateNested } from 'class-validator';
import { isDuration } from '../../common/duration.js';
import { isEmail } from '../../common/email.js';
import { isUuid } from '../../common/ids.js';
import { note } from './plain-input.js';
import { isCleanText, rule } from './text-rules.js';

/** What every field may say about itself. */
export interface FieldOptions {
  readonly description?: string;
  readonly example?: unknown;
  /** The property may be left out. */
  readonly optional?: boolean;
  /** The property may be null. */
  readonly nullable?: boolean;
}

/**
 * One decorator a field: how it is validated and how OpenAPI describes it come from the same place.
 * `IsOptional` of class-validator would let null through, so only what is allowed is let through here.
 */
function field(options: FieldOptions, schema: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { description, example, optional = false, nullable = false } = options;
  const said = { ...(description === undefined ? {} : { description }), ...(example === undefined ? {} : { example }) };
  const decorators = [
    ApiProperty({ ...schema, ...said, required: !optional, nullable } as ApiPropertyOptions),
    ...rules,
  ];
  if (optional || nullable) {
    decorators.push(
      ValidateIf(
        (_, value) => !((optional && value === undefined) || (nullable && value === null)),
      ) as PropertyDecorator,
      (target, property) => note(target, property, { validators: 1, optional, nullable }),
    );
  }
  return applyDecorators(...decorators);
}

/** Has a value be something else before it is validated. */
function changing(change: (value: unknown) => unknown): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => change(value)),
    ((target, property) => note(target, property, { validators: 0, change })) as PropertyDecorator,
  );
}

export interface TextOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: { readonly regex: RegExp; readonly message: string };
  readonly format?: string;
  /** Keep white space around the text; it is trimmed otherwise. */
  readonly verbatim?: boolean;
}

/** A text of `min` (1) to `max` (255) characters. */
export function TextField(options: TextOptions = {}): PropertyDecorator {
  const { min = 1, max = 255, pattern, format, verbatim = false } = options;
  const message = pattern?.message ?? `must be a text of ${min} to ${max} characters`;
  const valid = (value: unknown): boolean =>
    isCleanText(value) && value.length >= min && value.length <= max && (pattern?.regex.test(value) ?? true);
  const schema: ApiPropertyOptions = {
    type: String,
    ...(min > 0 ? { minLength: min } : {}),
    maxLength: max,
    ...(pattern ? { pattern: pattern.regex.source } : {}),
    ...(format ? { format } : {}),
  };
  const trim = changing((value) => (typeof value === 'string' && !verbatim ? value.trim() : value));
  return field(options, schema, trim, rule('text', message, valid));
}

/** An email address. */
export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  const valid = (value: unknown): boolean => isCleanText(value) && isEmail(value);
  const trim = changing((value) => (typeof value === 'string' ? value.trim() : value));
  const schema: ApiPropertyOptions = { type: String, format: 'email', maxLength: 254 };
  return field(options, schema, trim, rule('email', 'must be an email address', valid));
}

/** A UUID. */
export function UuidField(options: FieldOptions = {}): PropertyDecorator {
  const valid = (value: unknown): boolean => typeof value === 'string' && isUuid(value);
  return field(options, { type: String, format: 'uuid' }, rule('uuid', 'must be a UUID', valid));
}

export interface NumberOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
  /** The value it has when left out, for the documentation. */
  readonly default?: number;
}

const PG_INTEGER_MAX = 2_147_483_647;

/** A JSON integer; neither `"3"` nor `1.5` is one. */
export function IntField(options: NumberOptions = {}): PropertyDecorator {
  const { min = 0, max = PG_INTEGER_MAX } = options;
  const valid = (value: unknown): boolean =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
  const fallback = options.default === undefined ? {} : { default: options.default };
  const message = `must be an integer from ${min} to ${max}`;
  return field(options, { type: 'integer', minimum: min, maximum: max, ...fallback }, rule('integer', message, valid));
}

/** An integer in a query string. */
export function IntQuery(options: NumberOptions = {}): PropertyDecorator {
  const parse = changing((value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value));
  return applyDecorators(IntField({ optional: true, ...options }), parse);
}

/** A JSON boolean. */
export function BoolField(options: FieldOptions = {}): PropertyDecorator {
  const valid = (value: unknown): boolean => typeof value === 'boolean';
  return field(options, { type: Boolean }, rule('boolean', 'must be true or false', valid));
}

/** `true` or `false` in a query string. */
export function BoolQuery(options: FieldOptions = {}): PropertyDecorator {
  const parse = changing((value) => (value === 'true' ? true : value === 'false' ? false : value));
  return applyDecorators(BoolField({ optional: true, ...options }), parse);
}

/** One of a few words. */
export function EnumField(name: string, values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const valid = (value: unknown): boolean => typeof value === 'string' && values.includes(value);
  const schema: ApiPropertyOptions = { enum: [...values], enumName: name };
  return field(options, schema, rule('enum', `must be one of ${values.join(', ')}`, valid));
}

// RFC 3339, section 5.6, with `T` and an offset. PostgreSQL has no year 0 and no offset of sixteen hours or more.
const RFC_3339 = /^(?!0000)\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-](0\d|1[0-5]):\d{2})$/;

/** Whether a text is an RFC 3339 date-time that exists. */
export function isDateTime(value: unknown): value is string {
  if (typeof value !== 'string' || !RFC_3339.test(value) || Number.isNaN(Date.parse(value))) return false;
  const day = value.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** An RFC 3339 date-time, kept as text. */
export function DateTimeField(options: FieldOptions = {}): PropertyDecorator {
  const message = 'must be an RFC 3339 date-time, for example 2026-01-31T00:00:00Z';
  return field(options, { type: String, format: 'date-time' }, rule('dateTime', message, isDateTime));
}

/** A duration of ISO 8601, or a JSON number of seconds. */
export function DurationField(options: FieldOptions = {}): PropertyDecorator {
  const valid = (value: unknown): boolean =>
    typeof value === 'string' ? isDuration(value) : typeof value === 'number' && Number.isFinite(value);
  const schema = { oneOf: [{ type: 'string', format: 'duration', example: 'PT16M' }, { type: 'number' }] };
  const message = 'must be a number of seconds, or a duration of ISO 8601 such as PT16M';
  return field(options, schema as ApiPropertyOptions, rule('duration', message, valid));
}

/** Money in an answer: a decimal string with exactly the currency's minor digits. */
export function MoneyField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'decimal', example: '29.99' });
}

const AMOUNT = rule('money', 'must be a non-negative amount, for example "29.99"', (value) => {
  return (typeof value === 'string' || typeof value === 'number') && /^\d{1,13}(\.\d{1,4})?$/.test(String(value));
});

/** Money in a request: a decimal string or a JSON number; its digits are checked against the currency later. */
export function MoneyInputField(options: FieldOptions = {}): PropertyDecorator {
  const schema = {
    oneOf: [
      { type: 'string', format: 'decimal' },
      { type: 'number', minimum: 0 },
    ],
    example: '29.99',
  };
  return field(options, schema as ApiPropertyOptions, AMOUNT);
}

/** Money in a query string. */
export function MoneyQuery(options: FieldOptions = {}): PropertyDecorator {
  return field({ optional: true, ...options }, { type: String, format: 'decimal' }, AMOUNT);
}

/** An ISO 4217 code in an answer. */
export function CurrencyField(options: FieldOptions = {}): PropertyDecorator {
  return field({ example: 'USD', ...options }, { type: String, pattern: '^[A-Z]{3}$' });
}

type ClassOf<T = object> = new () => T;

/** The generator of the OpenAPI document takes a function for a class, unless it is called `type`. */
function lazy(of: () => ClassOf): () => ClassOf {
  const type = (): ClassOf => of();
  return type;
}

/** A nested object. */
export function ObjectField(type: () => ClassOf, options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: lazy(type) },
    Type(type),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
    (target, property) => note(target, property, { validators: 2, nested: type }),
  );
}

export interface ListOptions extends FieldOptions {
  readonly min?: number;
  readonly max?: number;
}

/** An array of nested objects. */
export function ObjectListField(type: () => ClassOf, options: ListOptions = {}): PropertyDecorator {
  const { min = 0, max = 1_000 } = options;
  return field(
    options,
    { type: lazy(type), isArray: true, ...(min > 0 ? { minItems: min } : {}), maxItems: max },
    Type(type),
    IsArray({ message: 'must be an array' }),
    ArrayMinSize(min, { message: `must hold at least ${min}` }),
    ArrayMaxSize(max, { message: `must hold at most ${max}` }),
    IsObject({ each: true, message: 'must be an object' }),
    ValidateNested({ each: true }),
    (target, property) => note(target, property, { validators: 5, nested: type, length: [min, max] }),
  );
}

/** An array of texts, each of which `check` accepts. */
export function TextListField(
  options: ListOptions & { readonly check: (text: string) => boolean; readonly message: string },
): PropertyDecorator {
  const { min = 0, max = 100, check, message } = options;
  const valid = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length >= min &&
    value.length <= max &&
    value.every((text) => isCleanText(text) && check(text));
  return field(options, { type: String, isArray: true, maxItems: max }, rule('textList', message, valid));
}

/** An array of some of a few words, each at most once. */
export function EnumListField(name: string, values: readonly string[], options: ListOptions = {}): PropertyDecorator {
  const { min = 0, max = values.length } = options;
  const valid = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length >= min &&
    value.length <= max &&
    new Set(value).size === value.length &&
    value.every((word) => values.includes(word));
  const schema: ApiPropertyOptions = {
    enum: [...values],
    enumName: name,
    isArray: true,
    minItems: min,
    maxItems: max,
    uniqueItems: true,
  };
  return field(
    options,
    schema,
    rule('enumList', `must be an array of ${values.join(', ')}, none of them twice`, valid),
  );
}

/** A flat object of texts, such as the attributes of a product. */
export function TextMapField(options: FieldOptions & { readonly maxKeys?: number } = {}): PropertyDecorator {
  const { maxKeys = 50 } = options;
  const valid = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    const short = (text: unknown, length: number): boolean => isCleanText(text) && text.length <= length;
    return entries.length <= maxKeys && entries.every(([key, text]) => short(key, 100) && short(text, 1_000));
  };
  const message = `must be an object of at most ${maxKeys} texts`;
  const schema = { type: 'object', additionalProperties: { type: 'string' } };
  return field(options, schema as ApiPropertyOptions, rule('textMap', message, valid));
}
