import { ApiProperty } from '@nestjs/swagger';
import { DateTimeField, EnumField, TextField, UuidField } from '../../../platform/fields/fields.js';
import { pageOf } from '../../../platform/fields/paging.fields.js';
import { ACTOR_KINDS, type ActorKind } from '../../../platform/security/request-context.js';
import type { AuditRow } from '../audit.repository.js';

const ERASABLE = 'What tells of a person is gone once they are erased.';
const facts = { type: 'object', additionalProperties: true, nullable: true } as const;

/** One line of the audit log. */
export class AuditEntryResponse {
  @UuidField()
  id!: string;

  @DateTimeField()
  at!: string;

  @EnumField('AuditActor', ACTOR_KINDS, {
    description:
      'Who acted: a user, a machine with an API key, a stranger, a command, the shop itself or a payment provider.',
  })
  actor!: ActorKind;

  @UuidField({ nullable: true, description: 'The user or the API key that acted.' })
  actorId!: string | null;

  @UuidField({ nullable: true, description: 'The `jti` of the access token that was shown.' })
  tokenId!: string | null;

  @TextField({ nullable: true, description: 'Where it came from; null too where the person was erased.' })
  address!: string | null;

  @TextField({ nullable: true, description: 'The X-Request-Id of the request, as the logs have it.' })
  requestId!: string | null;

  @TextField({ example: 'user.role_changed' })
  action!: string;

  @TextField({ example: 'user' })
  subjectType!: string;

  @UuidField({ nullable: true })
  subjectId!: string | null;

  @ApiProperty({
    ...facts,
    description: `Fields that changed, as they were. ${ERASABLE}`,
    example: { role: 'customer' },
  })
  before!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({ ...facts, description: `Fields that changed, as they are. ${ERASABLE}`, example: { role: 'manager' } })
  after!: Readonly<Record<string, unknown>> | null;
}

export const AuditPage = pageOf(AuditEntryResponse, 'AuditPage');

export function toAuditEntry(row: AuditRow): AuditEntryResponse {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    actorId: row.actorId,
    tokenId: row.tokenId,
    address: row.address,
    requestId: row.requestId,
    action: row.action,
    subjectType: row.subjectType,
    subjectId: row.subjectId,
    before: merged(row.before, row.personalBefore),
    after: merged(row.after, row.personalAfter),
  };
}

type Facts = AuditRow['before'];

const merged = (facts: Facts, personal: Facts): Facts => (personal === null ? facts : { ...facts, ...personal });
