import { DomainError, NotFound } from '../../common/domain-error.js';

export class ApiKeyNotFound extends NotFound {
  constructor() {
    super('api_key');
  }
}

/** Nobody can give a machine more than they hold themselves. */
export class PermissionsExceeded extends DomainError {
  constructor(message: string) {
    super('forbidden', 'forbidden', message, [{ path: 'permissions', message }]);
  }
}
