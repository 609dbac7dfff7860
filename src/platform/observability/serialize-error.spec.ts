import { serializeError } from './serialize-error.js';

describe('logged errors', () => {
  it('show type, message, stack and code', () => {
    const error = Object.assign(new TypeError('bad'), { code: 'E_BAD' });
    expect(serializeError(error)).toEqual({ type: 'TypeError', message: 'bad', stack: error.stack, code: 'E_BAD' });
  });

  it('never show the statement, its parameters or the values of a violated constraint', () => {
    const driverError = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'users_email_unique',
      table: 'users',
      detail: 'Key (email)=(ada@example.com) already exists.',
    });
    const error = Object.assign(new Error('duplicate key'), {
      driverError,
      query: 'INSERT INTO users …',
      parameters: ['ada@example.com', 'hash'],
    });
    const logged = serializeError(error);
    expect(logged.cause).toMatchObject({ code: '23505', constraint: 'users_email_unique', table: 'users' });
    expect(JSON.stringify({ ...logged, stack: '', cause: { ...logged.cause, stack: '' } })).not.toMatch(
      /ada@|INSERT|hash/,
    );
  });

  it('end on causes that go round in a circle', () => {
    const error = new Error('a');
    error.cause = error;
    expect(() => JSON.stringify(serializeError(error))).not.toThrow();
  });

  it('show what was thrown without being an error', () => {
    expect(serializeError('plain text')).toEqual({ type: 'string', message: 'plain text' });
  });
});
