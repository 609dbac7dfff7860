import { Param, type PipeTransform } from '@nestjs/common';
import { NotFound } from '../../common/domain-error.js';
import { isUuid } from '../../common/ids.js';

/** An id that is not a UUID names nothing, so it is answered like any other that does not exist. */
class ExistingId implements PipeTransform<string, string> {
  constructor(private readonly thing: string) {}

  transform(value: string): string {
    if (!isUuid(value)) throw new NotFound(this.thing);
    return value.toLowerCase();
  }
}

/** A path parameter that holds the id of a thing, for example `@IdParam('sale')`: 404 `sale_not_found` if malformed. */
export function IdParam(thing: string, name = 'id'): ParameterDecorator {
  return Param(name, new ExistingId(thing));
}
