import { ApiProperty } from '@nestjs/swagger';
import type { ErrorKind } from '../../common/domain-error.js';

interface StatusOf {
  readonly status: number;
  readonly title: string;
}

/** How each kind of domain error is told over HTTP. A new kind does not compile until it stands here. */
export const HTTP_STATUS: Readonly<Record<ErrorKind, StatusOf>> = {
  invalid: { status: 400, title: 'Bad Request' },
  unauthenticated: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not Found' },
  conflict: { status: 409, title: 'Conflict' },
  stale: { status: 412, title: 'Precondition Failed' },
  too_large: { status: 413, title: 'Content Too Large' },
  unsupported: { status: 415, title: 'Unsupported Media Type' },
  key_reused: { status: 422, title: 'Unprocessable Content' },
  rate_limited: { status: 429, title: 'Too Many Requests' },
  unavailable: { status: 503, title: 'Service Unavailable' },
};

export class ProblemField {
  @ApiProperty({ description: 'The field, as the request named it.', example: 'items.0.quantity' })
  path!: string;

  @ApiProperty({ example: 'must be an integer from 1 to 999' })
  message!: string;
}

/** An error: `application/problem+json`, RFC 9457. */
export class Problem {
  @ApiProperty({ format: 'uri-reference', example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Conflict' })
  title!: string;

  @ApiProperty({ type: 'integer', example: 409 })
  status!: number;

  @ApiProperty({ description: 'What went wrong this time, for people.' })
  detail!: string;

  @ApiProperty({ description: 'Path of the request.', example: '/api/sales' })
  instance!: string;

  @ApiProperty({ description: 'What went wrong, for programs; stable.', example: 'insufficient_stock' })
  code!: string;

  @ApiProperty({ description: 'The X-Request-Id of the answer.' })
  requestId!: string;

  @ApiProperty({ type: ProblemField, isArray: true, required: false })
  errors?: readonly ProblemField[];
}
