import { DomainError, NotFound } from '../../../common/domain-error.js';
import { StartAgain } from '../../../platform/database/unit-of-work.js';

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

/** Others have taken a SKU or a slug since a batch looked for it. */
export class Contested extends StartAgain {
  constructor() {
    super('Others make products with the same SKUs or slugs at the same time.');
  }
}
