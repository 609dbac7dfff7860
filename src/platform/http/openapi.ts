import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { Problem } from './problem.js';

const DESCRIPTION = `Commerce over REST: users, products, carts, sales, invoices and delivery addresses.

- Amounts of money are decimal strings with exactly the digits of their currency, beside an ISO 4217 code.
- Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`; unknown fields and parameters are refused.
- Lists come by page, or with \`cursor=\` by keyset.
- A POST with an \`Idempotency-Key\` can be sent again without a second effect.
- Requests are limited by user and by address: \`RateLimit-Policy\` and \`RateLimit\` tell the quota and what remains of
  it; beyond it the answer is 429 \`rate_limited\` with \`Retry-After\`.`;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Describes the application as OpenAPI 3.1. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Tradepost')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addServer('/')
    .build();
  const document = SwaggerModule.createDocument(app, options, {
    extraModels: [Problem],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return withProblems(nullTypes(document as unknown as Json) as unknown as OpenAPIObject);
}

/** OpenAPI 3.1 follows JSON Schema, which knows no `nullable`: null is one of the types. */
function nullTypes(value: Json): Json {
  if (Array.isArray(value)) return value.map(nullTypes);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, nullTypes(part)]));
  if (typeof nullable !== 'boolean') return nullable === undefined ? rest : { ...rest, nullable };
  if (!nullable) return rest;
  if (typeof rest.type === 'string') return { ...rest, type: [rest.type, 'null'] };
  const { description, ...schema } = rest;
  return { ...(description === undefined ? {} : { description }), anyOf: [schema, { type: 'null' }] };
}

/** Every operation can fail, and every failure looks alike. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const schema = { $ref: `#/components/schemas/${Problem.name}` };
  const problem = { description: 'What went wrong.', content: { 'application/problem+json': { schema } } };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation !== undefined) operation.responses.default ??= problem;
    }
  }
  return document;
}
