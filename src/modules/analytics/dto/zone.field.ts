import { applyDecorators } from '@nestjs/common';
import { isTimeZone } from '../../../common/time-zones.js';
import { type FieldOptions, TextField } from '../../../platform/fields/fields.js';
import { rule } from '../../../platform/fields/text-rules.js';

/** The IANA name of a time zone. */
export function ZoneField(options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    TextField({ ...options, max: 64, example: 'Europe/London' }),
    rule('timeZone', 'must be the IANA name of a time zone, for example Europe/London', isTimeZone),
  );
}
