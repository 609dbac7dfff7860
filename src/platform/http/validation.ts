import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldProblem, InvalidInput } from '../../common/domain-error.js';

/** Flattens class-validator's tree into one entry a field, with the path as the client wrote it. */
export function problemsOf(errors: readonly ValidationError[], prefix = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const path = `${prefix}${error.property}`;
    const { whitelistValidation: unknown, ...rest } = error.constraints ?? {};
    const messages = unknown === undefined ? Object.values(rest) : ['is not a known field'];
    const own = messages.slice(0, 1).map((message) => ({ path, message }));
    return [...own, ...problemsOf(error.children ?? [], `${path}.`)];
  });
}

/** More than anyone reads; an answer should not be longer than its request. */
const MAX_PROBLEMS = 100;

/** Checks bodies, queries and path parameters against their DTOs and refuses what these do not name. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new InvalidInput(problemsOf(errors).slice(0, MAX_PROBLEMS)),
  });
}
