import { type FieldOptions, TextField } from '../../../platform/fields/fields.js';

const CODE = {
  regex: /^(?:\d{6}|[0-9A-Za-z]{4}(?:-?[0-9A-Za-z]{4}){3})$/,
  message: 'must be six digits or a recovery code',
};

/** A code of the second factor: of the authenticator app, or one of those for the day it is lost. */
export function OneTimeCodeField(options: FieldOptions = {}): PropertyDecorator {
  return TextField({ example: '287082', ...options, min: 6, max: 19, pattern: CODE });
}
