import { DomainError, NotFound } from '../../../common/domain-error.js';

/** No such import. */
export class ImportNotFound extends NotFound {
  constructor() {
    super('import');
  }
}

/** The file is larger than is taken. */
export class ImportTooLarge extends DomainError {
  constructor(most: number) {
    super('too_large', 'body_too_large', `The file must not be larger than ${most} bytes as it is sent.`);
  }
}

/** An import that has ended is not cancelled. */
export class ImportEnded extends DomainError {
  constructor() {
    super('conflict', 'invalid_transition', 'The import has ended already.');
  }
}

/** The import was cancelled, or another process has taken it over: this run of it has no say any more. */
export class ImportSuperseded extends Error {
  constructor() {
    super('Another run has taken over the import, or it was cancelled.');
  }
}
