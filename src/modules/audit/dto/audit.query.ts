import { DateTimeField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { PageQuery } from '../../../platform/fields/paging.fields.js';

export class AuditQuery extends PageQuery {
  @UuidField({ optional: true, description: 'Who acted.' })
  actorId?: string;

  @TextField({ optional: true, max: 100, example: 'user.role_changed' })
  action?: string;

  @TextField({ optional: true, max: 50, example: 'user' })
  subjectType?: string;

  @UuidField({ optional: true, description: 'What was acted upon.' })
  subjectId?: string;

  @DateTimeField({ optional: true, description: 'At or after.' })
  from?: string;

  @DateTimeField({ optional: true, description: 'Before.' })
  to?: string;
}
