import { type ArgumentMetadata, type PipeTransform, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { type FieldProblem, InvalidInput } from '../../common/domain-error.js';
import { readPlainly } from '../fields/plain-input.js';

/**
 * For each object that it checks, class-validator looks through the rules of every class there is, which takes longer
 * than the check. What applies to a class does not change once the class stands.
 */
function rememberRules(): void {
  const storage = getMetadataStorage();
  const find = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  const found = new WeakMap<object, Map<string | undefined, ReturnType<typeof find>>>();
  const grouped = new WeakMap<object, ReturnType<typeof group>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) => {
    // An object of the client's may name anything as its constructor.
    const usual = typeof target === 'function' && !(always || strictGroups || groups);
    if (!usual) return find(target, schema, always, strictGroups, groups);
    // For an object within another, the other's class is the schema.
    const bySchema = found.get(target) ?? new Map<string | undefined, ReturnType<typeof find>>();
    const rules = bySchema.get(schema) ?? find(target, schema, always, strictGroups);
    found.set(target, bySchema.set(schema, rules));
    return rules;
  };
  storage.groupByPropertyName = (rules) => {
    const byProperty = grouped.get(rules) ?? group(rules);
    grouped.set(rules, byProperty);
    return byProperty;
  };
}

rememberRules();

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

/**
 * Checks what clients send. Nest also brings what our own decorators give and parameters of the path that are texts, in
 * which there is nothing to check.
 */
class InputPipe implements PipeTransform {
  constructor(private readonly validation: ValidationPipe) {}

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { type, metatype } = metadata;
    const asItIs = type === 'custom' || (type === 'param' && metatype === String);
    if (asItIs) return value;
    return readPlainly(metatype, value) ?? this.validation.transform(value, metadata);
  }
}

/** Checks everything against its DTO by class-validator. */
export function createThoroughPipe(): ValidationPipe {
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

/** Checks bodies, queries and path parameters against their DTOs and refuses what these do not name. */
export function createValidationPipe(): PipeTransform {
  return new InputPipe(createThoroughPipe());
}
