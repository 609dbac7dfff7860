import { registerDecorator } from 'class-validator';

// Control characters except tab and line breaks: they have no place in names, notes or addresses.
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** Whether a text can be stored and shown: no NUL or control characters, no lone surrogates. */
export function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !CONTROL.test(value);
}

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
  };
}
