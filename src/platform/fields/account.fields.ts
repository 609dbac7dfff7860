import { type FieldOptions, TextField } from './fields.js';
import { ONE_LINE } from './text-rules.js';

/** A name to log in with; upper and lower case are kept, but not told apart. */
export function UsernameField(options: FieldOptions = {}): PropertyDecorator {
  const message = 'must be 3 to 50 letters, digits, dots, hyphens or underscores';
  return TextField({ example: 'ada', ...options, min: 3, max: 50, pattern: { regex: /^[a-zA-Z0-9_.-]+$/, message } });
}

/** What a person is called. */
export function PersonNameField(options: FieldOptions = {}): PropertyDecorator {
  const message = 'must be 1 to 200 characters on one line';
  return TextField({ example: 'Ada Lovelace', ...options, max: 200, pattern: { regex: ONE_LINE, message } });
}
