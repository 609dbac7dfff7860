import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Heading } from './answers.js';
import { RouteSetting } from './route-setting.js';

/** A handler that makes a thing: 201, with its address in `Location` (RFC 9110, section 15.3.2). */
export const Created = (type: Type, base: string): MethodDecorator =>
  located(201, type, base, 'Address of what was made.');

/** A handler that takes on work: 202, with the address in `Location` where it tells how far it has got. */
export const Accepted = (type: Type, base: string): MethodDecorator =>
  located(202, type, base, 'Where to see how far it has got.');

function located(status: number, type: Type, base: string, description: string): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    RouteSetting({ location: base } satisfies Heading),
    ApiResponse({ status, type, headers: { Location: { description, schema: { type: 'string' } } } }),
  );
}
