import { registerDecorator } from 'class-validator';

// C0 controls except tab and line breaks, DEL and C1: they have no place in names, notes or addresses.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

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
