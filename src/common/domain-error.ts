/** What went wrong, in terms of the domain. How each is told over HTTP is decided by the platform. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'stale'
  | 'too_large'
  | 'unsupported'
  | 'key_reused'
  | 'rate_limited'
  | 'unavailable';

/** One field or line that an error is about; `path` as a client wrote it, for example `items.0.quantity`. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

/**
 * An error that a caller can act on. `code` is stable snake_case and part of the API; the message is for people.
 * Everything else that is thrown is a defect and reaches nobody but the log.
 */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly problems: readonly FieldProblem[] = [],
    readonly params: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A request that is malformed or breaks a rule that its sender could know. */
export class InvalidInput extends DomainError {
  constructor(problems: readonly FieldProblem[], code = 'invalid_request') {
    const [first] = problems;
    super('invalid', code, first ? `${first.path}: ${first.message}` : 'The request is not valid.', problems);
  }

  static field(path: string, message: string): InvalidInput {
    return new InvalidInput([{ path, message }]);
  }
}

/** A thing that does not exist, or that belongs to someone else: the two are told alike. */
export class NotFound extends DomainError {
  /** @param path the field that names it, where the address does not */
  constructor(thing: string, path?: string) {
    const name = thing.replaceAll('_', ' ');
    const problems = path === undefined ? [] : [{ path, message: `names no ${name}` }];
    super('not_found', `${thing}_not_found`, `There is no such ${name}.`, problems);
  }
}
