import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { refine } from './openapi-refine.js';
import { Problem } from './problem.js';

const DESCRIPTION = `Commerce over REST: users, products, carts, sales, invoices and delivery addresses.

- Amounts of money are decimal strings with exactly the digits of their currency, beside an ISO 4217 code.
- Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`; unknown fields and parameters are refused.
- Lists come by page, or with \`cursor=\` by keyset.
- A POST with an \`Idempotency-Key\` can be sent again without a second effect.
- Requests are limited by user and by address: \`RateLimit-Policy\` and \`RateLimit\` tell the quota and what remains of
  it; beyond it the answer is 429 \`rate_limited\` with \`Retry-After\`.`;

/** Groups of operations, in the order in which a newcomer meets them. */
const TAGS: Readonly<Record<string, string>> = {
  Products: 'The catalogue and its stock.',
  'Products (staff)': 'Also what the public does not see.',
  Categories: 'A tree of categories.',
  Promotions: 'Coupons, and what gets cheaper by itself.',
  Imports: 'The catalogue as a file, in and out.',
  Users: 'Accounts, sessions and roles.',
  Cart: 'Of a customer, or of a guest who sends the `Cart-Token` that the first write answered.',
  Shipping: 'How sales are sent, and what that costs.',
  Taxes: 'What is taxed at which rate, by country.',
  'Delivery addresses': 'Where a customer has things sent to.',
  Sales: 'Checkout, payment and what became of it.',
  'Sales (staff)': 'The sales of all customers.',
  Payments: 'What payment providers tell the shop.',
  Analytics: 'What sales add up to.',
  'API keys': 'By which machines identify themselves.',
  Invoices: 'Numbered without a gap; an issued one never changes.',
  Tokens: 'What other servers need to verify access tokens.',
  Audit: 'Who did what to which thing, for those who look after the shop.',
  Operations: 'For operators, load balancers and Prometheus.',
};

/** Describes the application as OpenAPI 3.1. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Tradepost')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken` that `POST /api/users/login` answers.',
    })
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'x-api-key',
        description: 'For machines: the `key` that `POST /api/api-keys` answers, instead of an access token.',
      },
      'apiKey',
    )
    .addServer('/');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [Problem],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return refine(document);
}
