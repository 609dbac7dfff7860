import { newId } from '../../src/common/ids.js';
import { openApiDocument } from '../../src/platform/http/openapi.js';
import { createCustomer, type TestUser } from '../factories/customer.js';
import { startApp, type TestApp } from '../support/app.js';

/** What clients would like to decide and must not; each where the body does not name it anyway. */
const COVETED = ['role', 'emailVerified', 'userId', 'price', 'total', 'stock', 'status', 'id', 'createdAt'] as const;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: unknown;
}

/** An object of a body: what it may hold, where it is, and a body that holds there what is given. */
interface Place {
  readonly path: string;
  readonly fields: ReadonlySet<string>;
  readonly fill: (content: object) => object;
}

interface Operation {
  readonly method: 'post' | 'put' | 'patch';
  readonly path: string;
  readonly places: readonly Place[];
}

type Schemas = Readonly<Record<string, Schema>>;

function resolve(schema: Schema | undefined, schemas: Schemas): Schema {
  const part = schema?.$ref === undefined ? (schema?.allOf?.[0] ?? schema?.anyOf?.[0]) : undefined;
  if (part !== undefined) return resolve(part, schemas);
  return schema?.$ref === undefined ? (schema ?? {}) : resolve(schemas[schema.$ref.split('/').at(-1) ?? ''], schemas);
}

/** The object itself, and those that lie in it, one by one or in lists. */
function placesOf(schema: Schema, schemas: Schemas, path: string, fill: Place['fill']): Place[] {
  const properties = Object.entries(schema.properties ?? {});
  const own: Place = { path, fields: new Set(properties.map(([name]) => name)), fill };
  const inner = properties.flatMap(([name, property]) => {
    const value = resolve(property, schemas);
    const item = resolve(value.items, schemas);
    if (value.properties !== undefined) {
      return placesOf(value, schemas, `${path}${name}.`, (content) => fill({ [name]: content }));
    }
    if (item.properties === undefined) return [];
    return placesOf(item, schemas, `${path}${name}.0.`, (content) => fill({ [name]: [content] }));
  });
  return [own, ...inner];
}

function operationsOf(shop: TestApp): Operation[] {
  const document = openApiDocument(shop.app) as unknown as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject | undefined>>>>;
    readonly components: { readonly schemas: Schemas };
  };
  const { schemas } = document.components;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    (['post', 'put', 'patch'] as const).flatMap((method) => {
      const operation = methods[method];
      const body = operation?.requestBody?.content;
      // What reads no body is asked too; what reads another format has tests of its own.
      if (operation === undefined || (body !== undefined && body['application/json'] === undefined)) return [];
      const schema = body?.['application/json']?.schema;
      // The events of payment providers have what fields they like, and their signature is checked before any is read.
      if (schema?.additionalProperties === true) return [];
      return [{ method, path, places: placesOf(resolve(schema, schemas), schemas, '', (content) => content) }];
    }),
  );
}

interface OperationObject {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema } | undefined>> };
}

describe('a body that names what clients do not decide', () => {
  let shop: TestApp;
  let admin: TestUser;

  beforeAll(async () => {
    shop = await startApp({ RATE_LIMIT_ENABLED: 'false' });
    admin = await createCustomer(shop, 'admin');
  });
  afterAll(() => shop.close());

  /** The messages about one field in the answer to a body. */
  async function refusalOf({ method, path }: Operation, body: object, field: string): Promise<string[]> {
    const address = path.replaceAll(/\{\w+\}/g, newId());
    const answer = await shop.http[method](address).set(admin.bearer).send(body);
    if (answer.status !== 400) return [`status ${answer.status}`];
    const errors: { path: string; message: string }[] = answer.body.errors ?? [];
    return errors.filter((error) => error.path === field).map(({ message }) => message);
  }

  it('is refused on every route, at every depth, by the name of the field', async () => {
    const operations = operationsOf(shop);
    expect(operations.length).toBeGreaterThan(10);
    const letThrough: string[] = [];
    for (const operation of operations) {
      for (const { path, fields, fill } of operation.places) {
        for (const name of COVETED.filter((coveted) => !fields.has(coveted))) {
          const said = await refusalOf(operation, fill({ [name]: 'x' }), `${path}${name}`);
          if (said.join() === 'is not a known field') continue;
          letThrough.push(`${operation.method} ${operation.path} ${path}${name}: ${said.join()}`);
        }
      }
    }
    expect(letThrough).toEqual([]);
  });

  it('is looked for in what is nested, too', () => {
    const paths = operationsOf(shop).flatMap((operation) => operation.places.map(({ path }) => path));
    expect(paths).toEqual(expect.arrayContaining(['', 'items.0.', 'deliveryAddress.']));
  });

  it('is refused beside a body that is right otherwise, which then has no effect', async () => {
    const customer = await createCustomer(shop);
    const change = { name: 'Grace Hopper', role: 'admin', emailVerified: true };
    await shop.http.patch('/api/users/me').set(customer.bearer).send(change).expect(400);
    const { body } = await shop.http.get('/api/users/me').set(customer.bearer).expect(200);
    expect(body).toMatchObject({ name: 'Ada Lovelace', role: 'customer', emailVerified: false });
  });
});
