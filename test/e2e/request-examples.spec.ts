import type { OpenAPIObject } from '@nestjs/swagger';
import { pino } from 'pino';
import { seedDevelopment } from '../../src/cli/seed-development.js';
import { newId } from '../../src/common/ids.js';
import { createCustomer } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type Method = 'post' | 'put' | 'patch' | 'delete';

/** As much of a JSON Schema as the documentation page looks at to fill in a body. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: newId(),
  email: 'user@example.com',
  'date-time': '2030-01-01T00:00:00Z',
  uri: 'https://example.com/',
};

describe('the example of a request', () => {
  let shop: TestApp;
  let document: OpenAPIObject;
  let administrator: { readonly authorization: string };

  beforeAll(async () => {
    shop = await startApp();
    await seedDevelopment(shop.app, shop.config, pino({ level: 'silent' }));
    document = (await shop.http.get('/openapi.json').expect(200)).body;
    const { body } = await send('post', '/api/users/login').expect(200);
    administrator = { authorization: `Bearer ${body.accessToken}` };
  });
  afterAll(() => shop.close());

  /** What the page fills in: what the schema gives as an example, or else every field. */
  function sample(given: Schema): unknown {
    const { $ref, ...beside } = given;
    const referred = document.components?.schemas?.[$ref?.split('/').at(-1) ?? ''] as Schema | undefined;
    const schema = { ...referred, ...beside };
    const known = schema.example ?? schema.default ?? schema.enum?.[0];
    if (known !== undefined) return known;
    const alternative = schema.oneOf?.[0] ?? schema.anyOf?.[0];
    if (alternative !== undefined) return sample(alternative);
    return sampleOfType(typeof schema.type === 'object' ? schema.type[0] : schema.type, schema);
  }

  function sampleOfType(type: string | undefined, { items, format, minimum, properties }: Schema): unknown {
    switch (type) {
      case 'array':
        return [sample(items ?? {})];
      case 'boolean':
        return true;
      case 'integer':
      case 'number':
        return minimum ?? 0;
      case 'string':
        return FORMATS[format ?? ''] ?? 'string';
      default:
        return Object.fromEntries(Object.entries(properties ?? {}).map(([name, field]) => [name, sample(field)]));
    }
  }

  const operationOf = (method: Method, path: string): Operation => document.paths[path]?.[method] as Operation;
  const bodyOf = ({ requestBody }: Operation): Schema | undefined =>
    requestBody !== undefined && 'content' in requestBody
      ? (requestBody.content['application/json']?.schema as Schema | undefined)
      : undefined;

  /** Sends an operation as the page would: with the examples of its path and of its body. */
  function send(method: Method, path: string, ids: Readonly<Record<string, string>> = {}) {
    const operation = operationOf(method, path);
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const parameter = operation.parameters?.find((known) => 'name' in known && known.name === name);
      return ids[name] ?? (parameter as { readonly example?: string } | undefined)?.example ?? newId();
    });
    return shop.http[method](address).send(sample(bodyOf(operation) ?? {}) as object);
  }

  it('is one that the shop of examples answers as told', async () => {
    const act = (method: Method, path: string, ids?: Readonly<Record<string, string>>) =>
      send(method, path, ids).set(administrator);
    await act('post', '/api/cart/items').expect(200);
    await act('patch', '/api/cart/items/{productId}').expect(200);
    const address = await act('post', '/api/delivery-addresses').expect(201);
    await act('patch', '/api/delivery-addresses/{id}', { id: address.body.id }).expect(200);
    const sale = await act('post', '/api/sales').expect(201);
    expect(sale.body).toMatchObject({ status: 'confirmed', paymentStatus: 'completed', items: [{ quantity: 2 }] });
    await act('patch', '/api/admin/sales/{id}/status', { id: sale.body.id }).expect(200);
    await act('post', '/api/products').expect(201);
    await act('patch', '/api/products/{id}').expect(200);
    await act('put', '/api/products/{id}/stock').expect(200);
    await act('post', '/api/products/{id}/stock-movements').expect(201);
    await act('post', '/api/categories').expect(201);
    await act('post', '/api/api-keys').expect(201);
    await act('post', '/api/users/invitations').expect(201);
    await send('post', '/api/users/register').expect(201);
    await send('post', '/api/users/password-reset').expect(202);
  });

  it('passes validation, whatever it asks for', async () => {
    const methods: readonly Method[] = ['post', 'put', 'patch', 'delete'];
    const operations = Object.keys(document.paths).flatMap((path) => methods.map((method) => ({ method, path })));
    const withBody = operations.filter(({ method, path }) => {
      const operation = operationOf(method, path) as Operation | undefined;
      return operation !== undefined && bodyOf(operation) !== undefined;
    });
    expect(withBody.length).toBeGreaterThan(25);
    const refused: unknown[] = [];
    for (const { method, path } of withBody) {
      const { bearer } = await createCustomer(shop, 'admin');
      const { status, body } = await send(method, path).set(bearer);
      expect(status).toBeLessThan(500);
      // A made-up token is refused by who gave it out, not by validation.
      if (status === 400 && !['invalid_token', 'oidc_code_invalid'].includes(body.code))
        refused.push({ operation: `${method} ${path}`, body });
    }
    expect(refused).toEqual([]);
  });
});
