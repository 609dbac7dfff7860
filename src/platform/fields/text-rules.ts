import { registerDecorator } from 'class-validator';
import { note } from './plain-input.js';

// Control characters except tab and line breaks: they have no place in names, notes or addresses.
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Whether a text can be stored and shown: no NUL or control characters, no lone surrogates. */
export function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !CONTROL.test(value);
}

/**
 * A text that stands on one line and shows something: no line breaks or tabs, no signs that turn the direction of what
 * comes after it, and not white space or joiners alone.
 */
export const ONE_LINE = /^(?=.*[\p{L}\p{N}\p{P}\p{S}])[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+$/u;

/** Registers a validator for one property; `check` sees the value as the client sent it. */
export function rule(name: string, message: string, check: (value: unknown) => boolean): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: property as string,
      options: { message },
      validator: { validate: check },
    });
    note(target, property, { validators: 1, check });
  };
}
