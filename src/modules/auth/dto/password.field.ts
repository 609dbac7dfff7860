import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { EXAMPLE_PASSWORD } from '../../../common/examples.js';
import { isCleanText, rule } from '../../../platform/fields/text-rules.js';

const DESCRIPTION =
  '8 to 128 characters with an upper-case letter, a lower-case letter, a digit and a special character, and none of ' +
  'those that are used the most.';

/** Never more than this is looked at: 128 characters of the longest kind. */
const isPassword = (value: unknown): boolean =>
  isCleanText(value) && value.length > 0 && [...value.slice(0, 257)].length <= 128;

/** A password as its owner knows it; `new` for one that the rules are yet to be tried on. */
export function PasswordField(
  age: 'known' | 'new' = 'known',
  { optional = false }: { readonly optional?: boolean } = {},
): PropertyDecorator {
  const limits = age === 'new' ? { minLength: 8, maxLength: 128, description: DESCRIPTION } : { maxLength: 128 };
  return applyDecorators(
    ApiProperty({ type: String, format: 'password', required: !optional, example: EXAMPLE_PASSWORD, ...limits }),
    ...(optional ? [ValidateIf((_, value: unknown) => value !== undefined)] : []),
    rule('password', 'must be a text of at most 128 characters', isPassword),
  );
}
