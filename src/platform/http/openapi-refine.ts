import type { OpenAPIObject } from '@nestjs/swagger';
import { EXAMPLE_PRODUCT_ID } from '../../common/examples.js';
import { Problem } from './problem.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = OpenAPIObject['paths'][string];
type Operation = NonNullable<Path['get']>;
type Responses = Operation['responses'];
type Parameter = NonNullable<Operation['parameters']>[number];

/** What an answer of the application looks like when it is a refusal. */
const PROBLEM_CONTENT = { 'application/problem+json': { schema: { $ref: `#/components/schemas/${Problem.name}` } } };

/** Mends what the generator leaves as OpenAPI 3.0 writes it, and adds what holds for every operation. */
export function refine(document: OpenAPIObject): OpenAPIObject {
  const refined = asJsonSchema(document as unknown as Json) as unknown as OpenAPIObject;
  for (const [path, item] of Object.entries(refined.paths)) {
    for (const operation of operationsOf(item)) {
      // A list without an entry says that no credentials are looked at; without the list, nothing is said.
      operation.security ??= [];
      operation.responses = withFailures(path, operation);
      operation.parameters = operation.parameters?.map((parameter) => withExample(path, parameter));
    }
  }
  return refined;
}

/** Whatever asks for a product can be tried with one of the example shop. */
function withExample(path: string, parameter: Parameter): Parameter {
  if (!('name' in parameter) || parameter.in !== 'path') return parameter;
  const isProduct = path.startsWith(`/api/products/{${parameter.name}}`) || parameter.name === 'productId';
  return isProduct ? { ...parameter, example: EXAMPLE_PRODUCT_ID } : parameter;
}

function operationsOf({ get, post, put, patch, delete: remove }: Path): Operation[] {
  return [get, post, put, patch, remove].filter((operation) => operation !== undefined);
}

/**
 * OpenAPI 3.1 follows JSON Schema, draft 2020-12, which knows no `nullable`: null is one of the types. A `$ref` may have
 * neighbours there, and needs no `allOf` around it.
 */
function asJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asJsonSchema(part)]));
  const { nullable, ...rest } = unwrapped(all);
  if (typeof nullable !== 'boolean') return nullable === undefined ? rest : { ...rest, nullable };
  if (!nullable) return rest;
  if (typeof rest.type === 'string') return { ...rest, type: [rest.type, 'null'] };
  const { description, ...schema } = rest;
  return { ...(description === undefined ? {} : { description }), anyOf: [schema, { type: 'null' }] };
}

function unwrapped({ allOf, ...rest }: Record<string, Json>): Record<string, Json> {
  const only = Array.isArray(allOf) && allOf.length === 1 ? allOf[0] : undefined;
  if (typeof only === 'object' && only !== null && '$ref' in only) return { ...rest, ...only };
  return allOf === undefined ? rest : { ...rest, allOf };
}

/** Every operation can fail, and every failure looks alike. */
function withFailures(path: string, operation: Operation): Responses {
  const parameters = operation.parameters ?? [];
  const idempotent = parameters.some((parameter) => 'name' in parameter && parameter.name === IDEMPOTENCY_KEY);
  const failures: Record<string, string> = {
    400: 'The request is malformed or not valid; `errors` names the fields.',
    ...(path.includes('{') ? { 404: 'There is no such thing, or it belongs to somebody else.' } : {}),
    ...(idempotent ? IDEMPOTENCY_FAILURES : {}),
    default: 'What went wrong.',
  };
  const responses: Responses = { ...operation.responses };
  if (idempotent) responses[409] = withRunning(responses[409]);
  for (const [status, description] of Object.entries(failures)) responses[status] ??= { description };
  for (const [status, response] of Object.entries(responses)) {
    const failed = status === 'default' || status.startsWith('4');
    if (!failed || response === undefined) continue;
    const headers = idempotent && status === '409' ? RETRY_LATER : {};
    responses[status] = { ...response, ...headers, content: PROBLEM_CONTENT };
  }
  return responses;
}

/** What a handler says of its conflicts, and the one that each has which takes an Idempotency-Key. */
function withRunning(conflict: Responses[string]): Responses[string] {
  const own = conflict !== undefined && 'description' in conflict ? `${conflict.description} ` : '';
  const description = `${own}\`idempotency_in_progress\` while the first request under the key is running.`;
  return { ...conflict, description };
}

const IDEMPOTENCY_KEY = 'Idempotency-Key';

const IDEMPOTENCY_FAILURES = {
  422: '`idempotency_key_reused`: the key came with another request before.',
} as const;

const RETRY_LATER = {
  headers: {
    'Retry-After': {
      description: 'With `idempotency_in_progress`: seconds after which the first answer may be there.',
      schema: { type: 'integer' },
    },
  },
} as const;
